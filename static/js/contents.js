// The list of a page's files says which of them is in view, and keeps that entry in its own view.
const list = document.querySelector("[data-contents]");
const entries = [...list.querySelectorAll("a")].map((link) => [link, document.getElementById(link.hash.slice(1))]);
let asked = 0;

function show() {
  asked = 0;
  const current = (entries.findLast(([, file]) => file.getBoundingClientRect().top < 80) ?? entries[0])[0];
  if (current.hasAttribute("aria-current")) return;
  for (const [link] of entries) link.removeAttribute("aria-current");
  current.setAttribute("aria-current", "true");
  const [own, all] = [current.getBoundingClientRect(), list.getBoundingClientRect()];
  if (own.top < all.top || own.bottom > all.bottom) list.scrollTop += own.top - all.top - all.height / 2;
}

addEventListener("scroll", () => (asked ||= requestAnimationFrame(show)), { passive: true });
show();
