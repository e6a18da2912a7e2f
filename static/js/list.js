// The link to older rows makes way for them. Whoever had the focus on it goes on with the first row that came.
document.addEventListener("htmx:beforeSwap", (event) => {
  const place = event.detail.target;
  if (!place.matches("[data-list] > .after") || !place.contains(document.activeElement)) return;
  const before = place.previousElementSibling;
  document.addEventListener("htmx:afterSwap", () => before.nextElementSibling?.querySelector("a").focus(), { once: true });
});
