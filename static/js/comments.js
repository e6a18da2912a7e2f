// Talking without leaving the page. The server sends forms and comments; here they get to their place, the focus with them.
const say = (detail) => document.dispatchEvent(new CustomEvent("status", { detail }));
let opener;

// A refused form comes back with what is wrong and takes its own place; any other error is shown in the form.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const form = detail.requestConfig?.elt?.closest?.("[data-write]");
  if (!form || detail.xhr.status < 400) return;
  const again = detail.xhr.getResponseHeader("HX-Reswap") !== null;
  const problem = form.querySelector("[data-problem]");
  if (!again && (!problem || !detail.serverResponse.includes("notice"))) return;
  detail.shouldSwap = true;
  detail.isError = false;
  detail.target = again ? form : problem;
  detail.swapOverride = again ? "outerHTML" : "innerHTML";
});

function opened(article) {
  article.classList.add("new");
  article.focus({ preventScroll: true });
  article.scrollIntoView({ block: "nearest" });
  article.addEventListener("blur", () => article.classList.remove("new"), { once: true });
}

// A reply arrives right under what it answers; its place is after the answers that are there already.
function place(article) {
  const depth = Number(article.dataset.depth);
  let last = article;
  while (depth && Number(last.nextElementSibling?.dataset.depth) >= depth) last = last.nextElementSibling;
  if (last !== article) last.after(article);
}

document.addEventListener("comment-posted", ({ detail }) => {
  const article = document.getElementById(`comment-${detail.id}`);
  say(document.querySelector("[data-discussion]")?.dataset.posted ?? "");
  if (!article) return;
  place(article);
  opened(article);
});

document.addEventListener("comment-changed", ({ detail }) => {
  say(document.querySelector("[data-discussion]")?.dataset.changed ?? "");
  document.getElementById(`comment-${detail.id}`)?.focus();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-act]");
  if (link) opener = link;
  const cancel = event.target.closest?.("[data-cancel]");
  if (cancel?.closest("[id^=act-]")) {
    event.preventDefault();
    close(cancel.closest("[id^=act-]"));
  }
});

function close(slot) {
  slot.replaceChildren();
  if (opener?.isConnected) opener.focus();
}

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-write]");
  if (!form) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("[type=submit]:not(:disabled)"));
  }
  const slot = event.key === "Escape" && form.closest("[id^=act-]");
  const area = form.querySelector("textarea");
  // Esc takes back what was only opened, never what somebody has written.
  if (slot && (!area || area.value === area.defaultValue)) close(slot);
});
