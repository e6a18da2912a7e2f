// The Share page opens as a dialog over the paste, for the lines that are marked; where the device passes things on by
// itself, there is a button for it. Without this script the link leads to the page.
const dialog = document.querySelector("[data-share-dialog]");
const MARKED = /^#(?:F(\d+)-)?L(\d+)(?:-(?:F\d+-)?L(\d+))?$/i;

function addressOf(link) {
  const address = new URL(link.href);
  const [marked, file, first, last] = MARKED.exec(location.hash) ?? [];
  if (marked) address.searchParams.set("lines", last ? `${first}-${last}` : first);
  if (file) address.searchParams.set("file", file);
  return address.pathname + address.search;
}

function offerApps() {
  if (!navigator.share) return;
  for (const button of document.querySelectorAll("[data-hand-on]")) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("[data-share]");
  if (!link || !dialog || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const place = dialog.querySelector("[data-share-place]");
  place.replaceChildren();
  await htmx.ajax("GET", addressOf(link), { target: place, swap: "innerHTML" });
  if (!place.childElementCount || dialog.open) return;
  dialog.showModal();
  place.querySelector("[data-copy]").focus();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-hand-on]");
  // Whoever closes the device's own dialog has changed their mind, which is no failure.
  if (button) navigator.share({ title: button.dataset.title, url: button.dataset.url }).catch(() => {});
  if (dialog?.open && event.target === dialog) dialog.close();
});

document.addEventListener("htmx:afterSwap", offerApps);
offerApps();
