// Several files without a round trip: cards are added and removed in place, and files that are chosen or dropped become
// cards where they survive it. A text area would change the rest (line ends of Windows, other encodings, no text at all):
// those stay files and are sent as they are.
const form = document.querySelector("[data-composer]");
const cards = form.querySelector("[data-cards]");
const upload = form.querySelector("[data-upload]");
const attached = form.querySelector("[data-attached]");
const most = Number(form.dataset.files);
const EDITABLE_BYTES = 1024 * 1024; // A larger text would make typing slow.

const all = () => [...cards.querySelectorAll("[data-card]")];
const changed = () => form.dispatchEvent(new Event("input"));

function renumber() {
  const list = all();
  list.forEach((card, index) => {
    card.querySelector("[data-number]").textContent = index + 1;
    const remove = card.querySelector("[data-remove-card]");
    remove.value = index;
    remove.hidden = list.length < 2;
    remove.setAttribute("aria-label", `${remove.textContent} ${index + 1}`);
  });
  form.querySelector("[data-add]").disabled = list.length + upload.files.length >= most;
}

function clear(card) {
  card.removeAttribute("id");
  card.classList.remove("wrong");
  card.querySelector("[data-card-errors]")?.remove();
  for (const field of card.querySelectorAll("input, textarea, select")) {
    field.value = "";
    for (const name of ["aria-invalid", "aria-describedby", "autofocus"]) field.removeAttribute(name);
  }
  card.querySelector("[data-recognised]").replaceChildren();
}

function addCard() {
  const card = all().at(-1).cloneNode(true);
  clear(card);
  cards.append(card);
  renumber();
  return card;
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

async function take(files) {
  const rest = new DataTransfer();
  for (const file of upload.files) rest.items.add(file);
  for (const file of files) {
    const text = await textOf(file);
    if (text === null) {
      rest.items.add(file);
      continue;
    }
    const card = all().find(isEmpty) ?? (all().length + rest.files.length < most ? addCard() : null);
    if (!card) {
      rest.items.add(file); // Too many: the server says so, and nothing is lost.
      continue;
    }
    card.querySelector("[name=filename]").value = file.name;
    card.querySelector("[name=content]").value = text;
  }
  attach(rest.files);
}

// Choosing again replaces what the field holds, so the earlier files are kept here.
let kept = upload.files;

function attach(files) {
  upload.files = kept = files;
  attached.replaceChildren(
    ...Array.from(files, (file, index) => {
      const item = document.createElement("li");
      const name = document.createElement("bdi");
      name.textContent = file.name;
      const remove = Object.assign(document.createElement("button"), { type: "button", className: "button quiet", textContent: attached.dataset.remove });
      remove.setAttribute("aria-label", `${attached.dataset.remove} ${file.name}`);
      remove.addEventListener("click", () => {
        const rest = new DataTransfer();
        Array.from(files).forEach((one, place) => place !== index && rest.items.add(one));
        attach(rest.files);
        form.querySelector("[data-add]").focus();
      });
      item.append(name, remove);
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
    addCard().querySelector("[name=filename]").focus();
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
form.addEventListener("dragenter", (event) => carriesFiles(event) && over(1));
form.addEventListener("dragleave", (event) => carriesFiles(event) && over(-1));
form.addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
form.addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  over(-depth);
  take([...event.dataTransfer.files]);
});
form.addEventListener("paste", (event) => {
  if (event.clipboardData?.files.length && !event.clipboardData.types.includes("text/plain")) {
    event.preventDefault();
    take([...event.clipboardData.files]);
  }
});
renumber();
