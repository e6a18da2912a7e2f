// Several files without a round trip: cards are added and removed in place, and files that are chosen or dropped become
// cards where they survive it. A text area would change the rest (line ends of Windows, other encodings, no text at all):
// those stay files and are sent as they are.
const form = document.querySelector("[data-composer]");
const cards = form.querySelector("[data-cards]");
const upload = form.querySelector("[data-upload]");
const attached = form.querySelector("[data-attached]");
const leftOut = form.querySelector("[data-left-out]");
const most = Number(form.dataset.files);
const limit = Number(form.dataset.limit);
const EDITABLE_BYTES = 1024 * 1024; // A larger text would make typing slow.

const all = () => [...cards.querySelectorAll("[data-card]")];
const changed = () => form.dispatchEvent(new Event("input"));

function renumber() {
  const list = all();
  list.forEach((card, index) => {
    card.id = `card-${index}`;
    card.querySelector("[data-card-errors]").id = `card-${index}-errors`;
    card.querySelector("[name=content]").setAttribute("aria-describedby", `keys card-${index}-errors`);
    card.querySelector("[data-number]").textContent = index + 1;
    const remove = card.querySelector("[data-remove-card]");
    remove.value = index;
    remove.hidden = list.length < 2;
    remove.setAttribute("aria-label", `${remove.textContent} ${index + 1}`);
  });
  form.querySelector("[data-add]").disabled = list.length + upload.files.length >= most;
}

function clear(card) {
  for (const field of card.querySelectorAll("input, textarea, select")) {
    field.value = "";
    for (const name of ["aria-invalid", "autofocus", "style", "data-grown"]) field.removeAttribute(name);
  }
  for (const answer of card.querySelectorAll("[data-card-errors], [data-recognised], [data-preview]")) answer.replaceChildren();
  for (const preview of card.querySelectorAll("[data-preview], [data-tabs]")) preview.hidden = true;
  card.querySelector("[name=content]").hidden = false;
}

function addCard() {
  const card = all().at(-1).cloneNode(true);
  clear(card);
  cards.append(card);
  return card;
}

function fill(card, values) {
  for (const [name, value] of Object.entries(values)) card.querySelector(`[name=${name}]`).value = value;
}

const isEmpty = (card) => !card.querySelector("[name=content]").value && !card.querySelector("[name=filename]").value;

async function textOf(file) {
  if (file.size > EDITABLE_BYTES) return null;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await file.arrayBuffer());
    return /[\r\0]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

const FEW = 5;

// What is not taken is said, and why; all the rest is.
function leaveOut(reasons) {
  leftOut.replaceChildren(
    ...Object.entries(reasons)
      .filter(([, names]) => names.length)
      .map(([reason, names]) => {
        const shown = names.slice(0, FEW).join(", ") + (names.length > FEW ? ", …" : "");
        const limit = reason === "many" ? most : form.dataset.limitWords;
        const words = leftOut.dataset[reason].replace("{limit}", limit).replace("{names}", () => shown);
        return Object.assign(document.createElement("p"), { textContent: words });
      }),
  );
}

async function take(files, folders = []) {
  const texts = await Promise.all(files.map((file) => (file.size > limit ? null : textOf(file))));
  const rest = new DataTransfer();
  const reasons = { folders, large: [], many: [] };
  for (const file of upload.files) rest.items.add(file);
  files.forEach((file, index) => {
    const text = texts[index];
    const empty = all().find(isEmpty);
    if (file.size > limit) reasons.large.push(file.name);
    else if (all().length - (empty ? 1 : 0) + rest.files.length >= most) reasons.many.push(file.name);
    else if (text === null) rest.items.add(file);
    else fill(empty ?? addCard(), { filename: file.name, content: text });
  });
  attach(rest.files);
  leaveOut(reasons);
}

// Choosing again replaces what the field holds, so the earlier files are kept here.
let kept = upload.files;

function attach(files) {
  upload.files = kept = files;
  attached.replaceChildren(
    ...Array.from(files, (file, index) => {
      const item = document.createElement("li");
      const name = document.createElement("bdi");
      name.textContent = name.title = file.name;
      const kind = Object.assign(document.createElement("span"), { textContent: attached.dataset.asIs });
      const remove = Object.assign(document.createElement("button"), { type: "button", className: "button quiet", textContent: attached.dataset.remove });
      remove.setAttribute("aria-label", `${attached.dataset.remove} ${file.name}`);
      remove.addEventListener("click", () => {
        const rest = new DataTransfer();
        Array.from(files).forEach((one, place) => place !== index && rest.items.add(one));
        attach(rest.files);
        form.querySelector("[data-add]").focus();
      });
      item.append(name, kind, remove);
      return item;
    }),
  );
  attached.hidden = !files.length;
  renumber();
  changed();
}

form.addEventListener("click", (event) => {
  const add = event.target.closest("[data-add]");
  const remove = event.target.closest("[data-remove-card]");
  if (!add && !remove) return;
  event.preventDefault();
  if (add) {
    const card = addCard();
    renumber();
    card.querySelector("[name=filename]").focus();
  } else {
    const card = remove.closest("[data-card]");
    const next = card.nextElementSibling ?? card.previousElementSibling;
    card.remove();
    renumber();
    next.querySelector("[name=content]").focus();
  }
  changed();
});

upload.addEventListener("change", () => {
  const chosen = [...upload.files];
  upload.files = kept;
  take(chosen);
});

let depth = 0; // dragenter and dragleave come for every element inside.
const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
const over = (change) => {
  depth = Math.max(0, depth + change);
  form.classList.toggle("over", depth > 0);
};

// A folder looks like an empty file; only its entry tells.
function split(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const isFolder = (item) => item.webkitGetAsEntry?.()?.isDirectory;
  const folders = items.filter(isFolder).map((item) => item.webkitGetAsEntry().name);
  return [items.filter((item) => !isFolder(item)).map((item) => item.getAsFile()), folders];
}

// Anywhere on the page: beside the form, the browser would open the file and everything typed were gone.
document.addEventListener("dragenter", (event) => carriesFiles(event) && over(1));
document.addEventListener("dragleave", (event) => carriesFiles(event) && over(-1));
document.addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
document.addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  over(-depth);
  take(...split(event.dataTransfer));
});
form.addEventListener("paste", (event) => {
  if (event.clipboardData?.files.length && !event.clipboardData.types.includes("text/plain")) {
    event.preventDefault();
    take([...event.clipboardData.files]);
  }
});
// A draft brings its own number of files.
form.addEventListener("cards", ({ detail: values }) => {
  while (all().length > Math.max(1, values.length)) all().at(-1).remove();
  while (all().length < values.length) addCard();
  values.forEach((value, index) => fill(all()[index], value));
  renumber();
});
renumber();
