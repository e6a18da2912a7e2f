// The switch for colours works at once and is remembered here; the account, if there is one, learns of it in passing.
const form = document.querySelector("[data-preferences]");
const root = document.documentElement;

function show() {
  for (const button of form.querySelectorAll("[name=theme]")) {
    button.setAttribute("aria-pressed", String(button.value === (root.dataset.theme ?? "")));
  }
}

if (form) {
  show();
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button?.name !== "theme") return;
    try {
      localStorage.setItem("theme", button.value);
    } catch {
      return; // Not remembered here: let the server do it.
    }
    event.preventDefault();
    if (button.value) root.dataset.theme = button.value;
    else delete root.dataset.theme;
    show();
    if (root.hasAttribute("data-account")) fetch(form.action, { method: "POST", body: new FormData(form, button), keepalive: true }).catch(() => {});
  });
}

// A menu closes when the attention goes elsewhere, or with Esc.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector(".menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
