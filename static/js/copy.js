// Copies the text of the element that data-copy names, the marked lines (data-copy-lines),
// or the address of the page (data-copy-link); what the page shows only in part is fetched from data-copy-url.
function shownText(id) {
  const source = document.getElementById(id);
  const rows = source.querySelectorAll(".l");
  if (!rows.length) return source.value ?? source.textContent;
  return textOf(rows);
}

const textOf = (rows) => Array.from(rows, (row) => row.textContent.slice(row.firstElementChild.textContent.length)).join("");

// The address of the page as somebody else can use it, with the lines that are marked.
function address() {
  const here = new URL(location.href);
  here.searchParams.delete("published");
  return here.href;
}

async function fullText(button) {
  if ("copyLink" in button.dataset) return address();
  if ("copyLines" in button.dataset) return textOf(document.querySelectorAll(".l.hit"));
  if (!button.dataset.copyUrl) return shownText(button.dataset.copy);
  const response = await fetch(button.dataset.copyUrl);
  if (!response.ok) throw new Error(`${response.status}`);
  return response.text();
}

async function write(button) {
  if (!navigator.clipboard) return legacyWrite(await fullText(button));
  if (!window.ClipboardItem) return navigator.clipboard.writeText(await fullText(button));
  // A promise in the item keeps the click's permission while the text is still on its way.
  const blob = fullText(button).then((text) => new Blob([text], { type: "text/plain" }));
  return navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
}

// Plain http has no clipboard; a selected text area has the old command.
function legacyWrite(text) {
  const area = Object.assign(document.createElement("textarea"), { value: text, className: "hide", readOnly: true });
  // In an open dialog: nothing outside it can be selected.
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("refused");
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy], [data-copy-link], [data-copy-lines]");
  if (!button || button.dataset.label) return;
  button.dataset.label = button.textContent;
  try {
    await write(button);
    button.textContent = button.dataset.done;
    document.dispatchEvent(new CustomEvent("status", { detail: button.dataset.done }));
  } catch {
    document.dispatchEvent(new CustomEvent("status", { detail: document.querySelector("#status").dataset.uncopied }));
  }
  setTimeout(() => {
    button.textContent = button.dataset.label;
    delete button.dataset.label;
  }, 1_600);
});
