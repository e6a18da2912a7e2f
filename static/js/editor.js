// The editor's keys, its size against the limit, and text areas that grow with their text.
const form = document.querySelector("[data-composer]");
const publish = form.querySelector("[data-publish]");
const total = form.querySelector("[data-total]");
const alert = form.querySelector("[data-total-alert]");
const mac = /mac|iphone|ipad/i.test(navigator.userAgentData?.platform ?? navigator.platform);
const encoder = new TextEncoder();
const units = form.dataset.units.split(" ");
const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });

function spoken(bytes) {
  let step = 0;
  while (bytes >= 1024 && step < units.length - 1) [bytes, step] = [bytes / 1024, step + 1];
  return `${number.format(bytes)}\u00a0${units[step]}`;
}

function bytesTyped() {
  let sum = 0;
  for (const area of form.querySelectorAll("[name=content]")) sum += encoder.encode(area.value).length;
  for (const input of form.querySelectorAll("[type=file]")) for (const file of input.files) sum += file.size;
  return sum;
}

function showSize() {
  const [bytes, limit] = [bytesTyped(), Number(form.dataset.limit)];
  const over = bytes > limit;
  const pattern = over ? total.dataset.over : total.dataset.pattern;
  total.textContent = pattern.replace("{size}", spoken(bytes)).replace("{limit}", spoken(limit));
  total.classList.toggle("wrong", over);
  // Said once when it becomes too much, not at every key.
  if (over !== Boolean(alert.textContent)) alert.textContent = over ? total.textContent : "";
}

// Tab indents, Shift+Tab takes it back; Esc lets the next Tab leave the field, for those who have only a keyboard.
let leaving = false;

function indent(area, back) {
  const { value, selectionStart: start, selectionEnd: end } = area;
  if (start === end && !back) return replace(area, start, end, "\t", start + 1);
  const from = value.lastIndexOf("\n", start - 1) + 1;
  const lines = value.slice(from, end);
  const changed = back ? lines.replace(/^(\t| {1,4})/gm, "") : lines.replace(/^(?=[^\n])/gm, "\t");
  if (changed === lines) return;
  replace(area, from, end, changed);
  if (start === end) area.setSelectionRange(Math.max(from, start - (lines.length - changed.length)), Math.max(from, start - (lines.length - changed.length)));
  else area.setSelectionRange(from, from + changed.length);
}

function replace(area, from, to, text, caret) {
  area.setSelectionRange(from, to);
  // The old command is the only one that keeps the browser's undo.
  const done = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
  if (!done) area.setRangeText(text, from, to, "end");
  if (caret !== undefined) area.setSelectionRange(caret, caret);
}

form.addEventListener("keydown", (event) => {
  if (event.target.name !== "content") return;
  if (event.key === "Escape") leaving = true;
  else if (event.key === "Tab" && !leaving && !event.ctrlKey && !event.altKey && !event.metaKey) {
    event.preventDefault();
    indent(event.target, event.shiftKey);
  } else if (event.key !== "Shift") leaving = false;
});
form.addEventListener("focusin", () => (leaving = false));

// Where style sheets cannot do it. What was pulled to a size by hand keeps it.
const grows = !CSS.supports("field-sizing", "content");

function grow(area) {
  if (area.style.blockSize !== (area.dataset.grown ?? "")) return;
  area.style.blockSize = "auto";
  area.style.blockSize = area.dataset.grown = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
}

function show() {
  showSize();
  if (grows) form.querySelectorAll("[name=content]").forEach(grow);
}

let waiting;
form.addEventListener("input", ({ target }) => {
  clearTimeout(waiting);
  waiting = setTimeout(showSize, 150);
  if (grows) (target.name === "content" ? [target] : form.querySelectorAll("[name=content]")).forEach(grow);
});
addEventListener("pageshow", show);

if (mac) publish.querySelector("[data-mac]").textContent = publish.querySelector("[data-mac]").dataset.mac;
document.querySelector("[data-errors]")?.focus();
