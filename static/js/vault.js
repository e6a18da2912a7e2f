// The page of a text that was encrypted before it came here: decrypts it with the key behind the # of the address, asks for the
// password where there is one, and shows the text as other pages do, in plain colours.
const place = document.querySelector("[data-vault]");
const sealed = JSON.parse(place.querySelector("[data-sealed]").textContent);
const unlock = place.querySelector("[data-unlock]");
const file = place.querySelector("[data-opened]");
const code = file.querySelector(".code");
const more = code.querySelector(".more");
const number = new Intl.NumberFormat(document.documentElement.lang);
const STEP = 2_000; // Lines that are shown at once; the others come as they are scrolled to.
const LONGEST = 10_000; // Characters of a line that are shown, and what must not stay invisible: as on other pages.
const HIDDEN =
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u180e\u115f\u1160\u3164\uffa0\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\ud800-\udfff]|(?<![\ufe0f\u{1f000}-\u{1faff}\u2600-\u27bf\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af])[\u200c\u200d]/gu;

const element = (name, properties) => Object.assign(document.createElement(name), properties);

function show(...states) {
  for (const part of place.querySelectorAll("[data-when]")) part.hidden = !states.includes(part.dataset.when);
}

async function attempt(password) {
  show("working");
  try {
    const { open } = await import(place.dataset.cipher);
    const { text, attachments } = await open(sealed, location.hash, password);
    show("open");
    fill(text);
    attach(attachments);
  } catch ({ message }) {
    const known = ["insecure", "old", "key", "locked"].includes(message);
    show(known ? message : "damaged", password && "wrong");
    if (message === "locked") unlock.elements.password.select();
  }
}

function spell(row, text) {
  let at = 0;
  for (const { 0: found, index } of text.matchAll(HIDDEN)) {
    const code = `[U+${found.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}]`;
    row.append(text.slice(at, index), element("span", { className: "hid", textContent: code }));
    at = index + found.length;
  }
  row.append(text.slice(at));
}

function rowOf(line, count) {
  const row = element("span", { className: "l" });
  row.append(element("a", { textContent: count }));
  spell(row, line.slice(0, LONGEST));
  if (line.length > LONGEST) row.append(element("span", { className: "cut", textContent: `… +${line.length - LONGEST}` }));
  row.append("\n");
  return row;
}

function fill(text) {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  let shown = 0;
  function next() {
    const rows = lines.slice(shown, shown + STEP).map((line, index) => rowOf(line, shown + index + 1));
    more.before(...rows);
    shown += rows.length;
    more.hidden = shown >= lines.length;
  }
  code.classList.add(`digits-${String(lines.length).length}`);
  file.querySelector("[data-plain]").textContent = text;
  const size = new Blob([text]);
  const words = file.querySelector("[data-size]");
  words.textContent = words.dataset.size.replace("{lines}", number.format(lines.length)).replace("{bytes}", number.format(size.size));
  file.querySelector("[data-save]").href = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
  for (const tool of file.querySelectorAll("[data-text]")) tool.hidden = !text;
  more.addEventListener("click", next);
  new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && next(), { rootMargin: "600px" }).observe(more);
  next();
}

// Files are kept, never opened here: what is in them may be a page with a script.
function attach(attachments) {
  const list = file.querySelector("[data-attached]");
  for (const [name, data] of attachments) {
    try {
      const [head, body] = data.split(/,(.*)/s);
      const bytes = /;base64$/.test(head) ? Uint8Array.from(atob(body), (char) => char.charCodeAt(0)) : decodeURIComponent(body);
      const download = name.replace(/[/\\]/g, "_").replace(HIDDEN, "_") || "file";
      const link = element("a", { className: "link", download, href: URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" })) });
      link.append(element("bdi", { textContent: download }));
      list.append(" ", link);
      list.hidden = false;
    } catch {
      // No address of data: nothing is lost that could be had.
    }
  }
}

unlock.addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(unlock.elements.password.value);
});
addEventListener("hashchange", () => file.hidden && attempt());

// The address as it is copied, and to where forms come back, has the key.
const whole = document.querySelector("#address");
if (whole) whole.textContent += location.hash;
attempt();
