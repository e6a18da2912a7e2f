// Says which language a text will be published in while it is typed, unless its author has chosen one. The file's name and
// the beginning of its text are sent once the typing pauses; an answer that does not come changes nothing.
const form = document.querySelector("[data-composer]");
const HEAD = 8 * 1024; // Characters: no more of a text is looked at.
const PAUSE = 600;
const timers = new WeakMap();
const asked = new WeakMap();

function ask(card) {
  const [name, language, text] = ["filename", "language", "content"].map((field) => card.querySelector(`[name=${field}]`).value);
  const place = card.querySelector("[data-recognised]");
  const head = text.slice(0, HEAD);
  const question = `${name}\0${head}`;
  if (form.elements.encrypted?.checked) return; // Nothing of it is the site's business.
  if (language.trim() || asked.get(place) === question) return;
  asked.set(place, question);
  htmx.ajax("POST", form.dataset.languageUrl, { source: place, target: place, swap: "innerHTML", values: { name, text: head } }).catch(() => {});
}

function soon(card) {
  clearTimeout(timers.get(card));
  timers.set(card, setTimeout(ask, PAUSE, card));
}

form.addEventListener("input", ({ target }) => {
  const card = target.closest("[data-card]");
  if (card) soon(card);
  else if (target === form) form.querySelectorAll("[data-card]").forEach(soon); // Files came or went.
});
// Nobody waits for this answer, so nobody is told that it failed; the next change asks again.
for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  form.addEventListener(failure, (event) => {
    if (!event.target.matches("[data-recognised]")) return;
    event.stopPropagation();
    asked.delete(event.target);
  });
}
form.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
  if (!target.matches("[data-recognised]")) return;
  if (detail.isError) asked.delete(target);
  detail.isError = false;
  if (detail.serverResponse.trim() === target.innerHTML.trim()) detail.shouldSwap = false; // Said again, it would be heard again.
});
addEventListener("pageshow", () => {
  for (const card of form.querySelectorAll("[data-card]")) if (card.querySelector("[name=content]").value) soon(card);
});
