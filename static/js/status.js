// One place that speaks: to the eye as a short note, to a screen reader as a live region. Other scripts send "status".
const place = document.querySelector("#status");
let timer;

function say(text) {
  place.textContent = text;
  clearTimeout(timer);
  timer = setTimeout(() => (place.textContent = ""), 4_000);
}

document.addEventListener("status", (event) => say(event.detail));
for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, () => say(place.dataset.failed));
}
