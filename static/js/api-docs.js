// Swagger UI in the reader's theme, which it knows by a class, and with the token of whoever is signed in.
const root = document.documentElement;
const device = matchMedia("(prefers-color-scheme: dark)");
const place = document.querySelector("#swagger-ui");

function dress() {
  root.classList.toggle("dark-mode", root.dataset.theme ? root.dataset.theme === "dark" : device.matches);
}

dress();
device.addEventListener("change", dress);
new MutationObserver(dress).observe(root, { attributeFilter: ["data-theme"] });

SwaggerUIBundle({
  ...JSON.parse(document.querySelector("#swagger-settings").textContent),
  domNode: place,
  presets: [SwaggerUIBundle.presets.apis],
  requestInterceptor(request) {
    if (place.dataset.csrf) request.headers["X-CSRFToken"] = place.dataset.csrf;
    return request;
  },
});
