// Talk at the lines: a comment on the marked ones is written under them, and a marker opens its thread in place.
// A thread of the discussion below moves to its lines and back, so that everything in it goes on working.
// Stands before js/lines.js on the page, to hear of the lines that the address marks.
const plain = (event) => !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
const places = new WeakMap(); // slot → what stands in the discussion for the thread that is here

function offer({ detail: marked }) {
  const link = document.querySelector("[data-comment]");
  const old = document.querySelector(".talk.ask");
  if (!link || old?.querySelector(".slot > *")) return; // somebody is writing there
  old?.remove();
  link.hidden = !marked?.file.dataset.comments;
  if (link.hidden) return;
  const address = new URL(marked.file.dataset.comments, location.href);
  address.searchParams.set("first", marked.first);
  address.searchParams.set("last", Math.min(marked.last, Number(marked.file.dataset.lines)));
  address.hash = "form-new";
  link.href = address;
}

function write(link) {
  const slot = Object.assign(document.createElement("span"), { className: "slot", id: "act-lines" });
  const ask = Object.assign(document.createElement("span"), { className: "talk ask" });
  let last = [...document.querySelectorAll(".l.hit")].at(-1);
  while (last.nextElementSibling?.matches(".talk:not(.ask)")) last = last.nextElementSibling; // what was said comes first
  document.querySelector(".talk.ask")?.remove();
  ask.append(slot);
  last.after(ask);
  const address = new URL(link.href);
  address.hash = "";
  htmx.ajax("GET", address.href, { target: "#act-lines", swap: "innerHTML" });
}

const slotOf = (link) => link.parentElement.querySelector(":scope > .slot");
const inDiscussion = (id) => document.querySelector(`#threads #comment-${id}`)?.closest(".thread");

function open(link) {
  const slot = Object.assign(document.createElement("ol"), { className: "slot" });
  link.after(slot);
  link.setAttribute("aria-expanded", "true");
  const thread = inDiscussion(link.dataset.talk);
  if (!thread) {
    htmx.ajax("GET", link.href, { target: slot, select: ".thread", swap: "innerHTML" });
    return;
  }
  const place = document.createComment("");
  thread.replaceWith(place);
  slot.append(thread);
  places.set(slot, place);
}

function close(link) {
  const slot = slotOf(link);
  const place = places.get(slot);
  if (place?.isConnected) place.replaceWith(...slot.children);
  slot.remove();
  link.setAttribute("aria-expanded", "false");
}

const markers = () => document.querySelectorAll("a[data-talk]");
const isOpen = (link) => link.getAttribute("aria-expanded") === "true";

// Markers are links; only with this script do they open anything.
function announce() {
  for (const link of markers()) {
    if (!link.hasAttribute("aria-expanded")) link.setAttribute("aria-expanded", "false");
    // The discussion was loaded anew and has the thread itself: once is enough.
    else if (isOpen(link) && inDiscussion(link.dataset.talk)) close(link);
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-talk], a[data-comment][data-in-place]");
  if (!link || !plain(event)) return;
  event.preventDefault();
  if (!link.dataset.talk) write(link);
  else if (isOpen(link)) close(link);
  else open(link);
});

// What was posted under lines opens there; what was deleted has nothing more to show at them.
document.addEventListener("comment-posted", ({ detail }) => {
  for (const margin of document.querySelectorAll("template[data-margin]")) {
    document.getElementById(margin.dataset.margin)?.after(margin.content);
    margin.remove();
  }
  announce();
  const link = document.querySelector(`a[data-talk="${detail.id}"]`);
  if (!link) return;
  if (!isOpen(link)) open(link);
  const article = document.getElementById(`comment-${detail.id}`);
  article?.focus({ preventScroll: true });
  article?.scrollIntoView({ block: "nearest" });
});

document.addEventListener("comment-changed", ({ detail }) => {
  const article = document.getElementById(`comment-${detail.id}`);
  const link = document.querySelector(`a[data-talk="${detail.id}"]`);
  if (!link || !article?.classList.contains("gone")) return;
  if (isOpen(link)) close(link);
  link.parentElement.remove();
  article.focus();
});

document.addEventListener("lines-marked", offer);
document.addEventListener("htmx:afterSettle", announce);
announce();
