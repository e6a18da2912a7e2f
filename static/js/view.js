// Reports one view once the page is really seen: not from a prefetch, not from a tab that was never looked at. With it goes
// the host of the site the reader comes from, and never more of that address.
const form = document.querySelector("[data-view]");

function host() {
  try {
    return new URL(document.referrer).hostname;
  } catch {
    return ""; // Typed, from a bookmark, or from a site that does not say so.
  }
}

function report() {
  if (document.visibilityState !== "visible") return;
  document.removeEventListener("visibilitychange", report);
  const body = new FormData(form);
  body.set("from", host());
  fetch(form.action, { method: "POST", body, keepalive: true }).catch(() => {});
}

if (form) {
  document.addEventListener("visibilitychange", report);
  report();
}
