// One place that speaks: to the eye as a short note, to a screen reader as a live region. Other scripts send "status"; what HTMX
// changes says so by the data-said of the element that asked.
const page = document.querySelector("#status");
const words = page.dataset;
let place = page;
let timer;
let open; // What there is to try again.

function say(text, retry) {
  place.textContent = "";
  // Behind an open dialog nothing is seen or heard; it has a place of its own.
  place = document.querySelector("dialog[open] [role=status]") ?? page;
  place.textContent = text;
  open = retry;
  if (retry) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: words.again });
    button.addEventListener("click", () => {
      place.textContent = "";
      open = undefined;
      retry();
    });
    place.append(" ", button);
  }
  clearTimeout(timer);
  // What can be pressed stays until it is, or until something else is said.
  if (!retry) timer = setTimeout(() => (place.textContent = ""), 4_000);
}

// What the site itself says is wrong; what some machine in between says, nobody could read here.
function reason({ responseText }) {
  return new DOMParser().parseFromString(responseText, "text/html").querySelector(".notice.error > h1")?.textContent;
}

// Whoever asked asks again: a form by sending it, anything else as if it were pressed. The focus goes back to where it was.
function again(element) {
  const asker = document.activeElement;
  return () => {
    asker.focus();
    if (!element.isConnected) return location.reload();
    if (element.matches("form")) return element.requestSubmit();
    (element.matches("a, button") ? element : (element.querySelector("a, button") ?? element)).click();
  };
}

document.addEventListener("status", (event) => say(event.detail));
document.addEventListener("htmx:responseError", ({ detail }) => say(reason(detail.xhr) ?? words.failed));
for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, (event) => say(navigator.onLine ? words.failed : words.offline, again(event.detail.elt)));
}
addEventListener("offline", () => say(words.offline, open));
addEventListener("online", () => say(words.online, open));

let focused = false;
document.addEventListener("htmx:beforeSwap", (event) => {
  focused = event.detail.target.contains(document.activeElement);
});
document.addEventListener("htmx:afterSettle", (event) => {
  const said = event.detail.requestConfig?.elt.closest("[data-said]")?.dataset.said;
  // What is wrong is an alert, and speaks for itself.
  if (said && !event.target.querySelector("[role=alert]:not(:empty)")) say(said);
  // Whoever pressed what is no longer there goes on from the top of the content, not of the page.
  if (focused && document.activeElement === document.body) document.querySelector("#main").focus({ preventScroll: true });
});
