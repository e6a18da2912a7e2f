// One place that speaks: to the eye as a short note, to a screen reader as a live region. Other scripts send "status"; what HTMX
// changes says so by the data-said of the element that asked.
const place = document.querySelector("#status");
let timer;

function say(text, retry) {
  place.textContent = text;
  if (retry) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: place.dataset.again });
    button.addEventListener("click", () => {
      place.textContent = "";
      retry();
    });
    place.append(" ", button);
  }
  clearTimeout(timer);
  // What can be pressed stays until it is, or until something else is said.
  if (!retry) timer = setTimeout(() => (place.textContent = ""), 4_000);
}

// Whoever asked asks again: a form by sending it, anything else as if it were pressed.
function again(element) {
  return () => {
    if (!element.isConnected) return location.reload();
    if (element.matches("form")) return element.requestSubmit();
    (element.matches("a, button") ? element : (element.querySelector("a, button") ?? element)).click();
  };
}

document.addEventListener("status", (event) => say(event.detail));
document.addEventListener("htmx:responseError", () => say(place.dataset.failed));
for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, (event) => say(navigator.onLine ? place.dataset.failed : place.dataset.offline, again(event.detail.elt)));
}
addEventListener("offline", () => say(place.dataset.offline));
addEventListener("online", () => say(place.dataset.online));

let focused = false;
document.addEventListener("htmx:beforeSwap", (event) => {
  focused = event.detail.target.contains(document.activeElement);
});
document.addEventListener("htmx:afterSettle", (event) => {
  const said = event.detail.requestConfig?.elt.closest("[data-said]")?.dataset.said;
  if (said) say(said);
  // Whoever pressed what is no longer there goes on from the top of the content, not of the page.
  if (focused && document.activeElement === document.body) document.querySelector("#main").focus({ preventScroll: true });
});
