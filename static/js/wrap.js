// Long lines wrap or not; the choice is remembered, and display.js applies it before the first paint.
const root = document.documentElement;

function show() {
  const on = String("wrap" in root.dataset);
  for (const button of document.querySelectorAll("[data-wrap-lines]")) button.setAttribute("aria-pressed", on);
}

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-wrap-lines]")) return;
  root.toggleAttribute("data-wrap");
  try {
    localStorage.setItem("wrap", "wrap" in root.dataset ? "1" : "");
  } catch {
    // Not remembered, but done.
  }
  show();
});
document.addEventListener("htmx:afterSettle", show);
show();
