// Sends the form once and without leaving the page: how far a large one has got, a way to stop it, and what is wrong with
// it in its place, while everything typed and chosen stays. htmx does the sending.
const form = document.querySelector("[data-composer]");
const publish = form.querySelector("[data-publish]");
const problem = form.querySelector("[data-problem]");
const sending = form.querySelector("[data-sending]");
const bar = form.querySelector("[data-progress]");
const sent = form.querySelector("[data-sent]");
const stop = form.querySelector("[data-stop]");
const share = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });
const PATIENCE = 400; // Milliseconds: what takes less needs no bar.

// The server knows a repeated submission by this value.
function fresh() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  form.elements.idempotency.value = crypto.randomUUID?.() ?? Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  rest();
}

let waiting;

function rest() {
  clearTimeout(waiting);
  delete form.dataset.busy;
  publish.removeAttribute("aria-disabled");
  sending.hidden = true;
}

function work() {
  problem.replaceChildren();
  form.dataset.busy = "";
  publish.setAttribute("aria-disabled", "true");
  progress(0);
  waiting = setTimeout(() => (sending.hidden = false), PATIENCE);
}

function progress(part) {
  const all = part >= 1;
  if (all) bar.removeAttribute("value");
  else bar.value = part;
  sent.textContent = all ? sent.dataset.done : share.format(Math.floor(part * 100) / 100);
  stop.disabled = all; // It is being published: too late.
}

// What the summary points at is marked, and a field that was folded away is shown.
function mark() {
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  for (const field of form.querySelectorAll(".field.wrong, .inline-field.wrong")) field.classList.remove("wrong");
  for (const link of problem.querySelectorAll("a[href^='#']")) {
    const place = document.getElementById(link.hash.slice(1));
    const field = place?.matches("[data-card]") ? place.querySelector("[name=content]") : place;
    field?.setAttribute("aria-invalid", "true");
    field?.closest(".field, .inline-field")?.classList.add("wrong");
    const folded = field?.closest("details");
    if (folded) folded.open = true;
  }
}

function tell() {
  rest();
  mark();
  const notice = problem.querySelector(".notice");
  if (!notice) return;
  notice.tabIndex = -1;
  notice.focus();
}

form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  publish.click(); // htmx sends the name of the button that was clicked last, which may be the one that adds a file.
});

const own = (handle) => (event) => event.target === form && handle(event);

form.addEventListener("htmx:beforeRequest", own(work));
form.addEventListener(
  "htmx:xhr:progress",
  own(({ detail }) => {
    // The answer reports how it comes, too, when all is sent.
    if (detail.lengthComputable && !stop.disabled) progress(detail.loaded / detail.total);
  }),
);
stop.addEventListener("click", () => {
  htmx.trigger(form, "htmx:abort");
  publish.focus();
});
form.addEventListener(
  "htmx:beforeOnLoad",
  own(({ detail }) => {
    if (detail.xhr.getResponseHeader("HX-Redirect")) form.dispatchEvent(new CustomEvent("published"));
  }),
);
form.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
  if (target !== problem) return;
  detail.isError = false;
  // What is no answer of this site is what some machine in between says; nobody could read it here.
  detail.shouldSwap = detail.serverResponse.includes('class="notice');
  if (!detail.shouldSwap) unsent();
});
form.addEventListener("htmx:afterSettle", ({ target }) => target === problem && tell());
form.addEventListener("htmx:sendAbort", own(rest));
for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  form.addEventListener(
    failure,
    own((event) => {
      event.stopPropagation();
      unsent();
    }),
  );
}

function unsent() {
  problem.replaceChildren(form.querySelector("[data-unsent]").content.cloneNode(true));
  tell();
}

addEventListener("pageshow", fresh);
