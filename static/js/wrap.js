// Long lines wrap or not; the choice is remembered, and display.js applies it before the first paint.
const root = document.documentElement;
const buttons = document.querySelectorAll("[data-wrap-lines]");

function show() {
  for (const button of buttons) button.setAttribute("aria-pressed", String("wrap" in root.dataset));
}

for (const button of buttons) {
  button.addEventListener("click", () => {
    root.toggleAttribute("data-wrap");
    try {
      localStorage.setItem("wrap", "wrap" in root.dataset ? "1" : "");
    } catch {
      // Not remembered, but done.
    }
    show();
  });
}
show();
