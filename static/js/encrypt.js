// The choice to encrypt in the browser. Then the form is sent without the text: what goes is its encrypted document and the few
// fields that are named here. The key comes behind the # of the new paste's address.
const form = document.querySelector("[data-composer]");
const choice = form.querySelector("[data-encrypt]");
const box = choice?.querySelector("input");
const help = form.querySelector("[data-encrypt-help]");
const problem = form.querySelector("[data-problem]");
const SENT = ["csrfmiddlewaretoken", "account", "idempotency", "expiry", "expires_at", "burn", "max_views", "encrypted", "publish"];

const load = () => import(choice.dataset.cipher);
const filled = () => [...form.querySelectorAll("[name=content]")].filter((area) => area.value);
const isOne = () => filled().length < 2 && !form.querySelector("[data-upload]").files.length;

function refuse(name) {
  problem.replaceChildren(form.querySelector(`template[data-${name}]`).content.cloneNode(true));
  problem.querySelector(".notice").focus();
}

function show() {
  form.toggleAttribute("data-encrypting", box.checked);
  help.hidden = !box.checked;
}

let sealed; // What was made of the same text last: sent again, it is one paste and not two.

async function seal() {
  const [text = ""] = filled().map((area) => area.value);
  const options = { password: form.elements.password.value, burn: form.elements.burn.checked };
  const from = JSON.stringify([text, options]);
  if (sealed?.from !== from) sealed = { from, ...(text ? await (await load()).seal(text, options) : { document: "" }) };
}

let sealing = false;

function prepare(event) {
  event.preventDefault();
  if (sealing) return;
  if (!isOne()) return refuse("several");
  sealing = true;
  seal()
    .then(() => event.detail.issueRequest(true))
    .catch(() => refuse("unsealed"))
    .finally(() => (sealing = false));
}

if (box && isSecureContext && "CompressionStream" in window) {
  choice.hidden = false;
  box.addEventListener("change", () => {
    if (box.checked) load().catch(() => {}); // So that it is there when it is needed; who needs it is told if not.
    form.dispatchEvent(new Event("input"));
  });
  form.addEventListener("input", show);
  show();
  // Whatever would send the form in another way does not.
  form.addEventListener("submit", (event) => box.checked && !window.htmx && (event.preventDefault(), refuse("unsealed")));
  form.addEventListener("htmx:confirm", (event) => event.target === form && box.checked && prepare(event));
  form.addEventListener("htmx:configRequest", ({ target, detail }) => {
    if (target !== form || !box.checked) return;
    for (const name of new Set(detail.formData.keys())) if (!SENT.includes(name)) detail.formData.delete(name);
    detail.formData.set("content", sealed.document);
  });
  form.addEventListener("htmx:beforeOnLoad", (event) => {
    const address = event.target === form && box.checked && event.detail.xhr.getResponseHeader("HX-Redirect");
    if (!address) return;
    event.preventDefault();
    location.assign(`${address}#${sealed.key}`);
  });
}
