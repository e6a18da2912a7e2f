// Reports one view once the page is really seen: not from a prefetch, not from a tab that was never looked at.
const form = document.querySelector("[data-view]");

function report() {
  if (document.visibilityState !== "visible") return;
  document.removeEventListener("visibilitychange", report);
  fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true }).catch(() => {});
}

if (form) {
  document.addEventListener("visibilitychange", report);
  report();
}
