// Markdown has two sides: one to write, and one that shows how it will look. Which files are Markdown their authors say, or
// the server recognises.
const form = document.querySelector("[data-composer]");
const cardOf = (element) => element.closest("[data-card]");

function isMarkdown(card) {
  const chosen = card.querySelector("[name=language]").value.trim();
  return chosen ? /^(markdown|md)$/i.test(chosen) : Boolean(card.querySelector("[data-recognised] [data-alias=markdown]"));
}

function show(card, side, focus) {
  const area = card.querySelector("[name=content]");
  const panel = card.querySelector("[data-preview]");
  for (const tab of card.querySelectorAll("[data-tab]")) {
    const on = tab.dataset.tab === side;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    if (on && focus) tab.focus();
  }
  const height = area.offsetHeight;
  area.hidden = side === "preview";
  panel.hidden = side !== "preview";
  if (side !== "preview") return;
  panel.style.minBlockSize = `${height}px`; // Nothing below moves.
  panel.setAttribute("aria-busy", "true");
  htmx.ajax("POST", form.dataset.previewUrl, { source: panel, target: panel, swap: "innerHTML", values: { text: area.value, card: card.id.replace(/\D/g, "") } }).catch(() => {});
}

function offer(card) {
  const tabs = card.querySelector("[data-tabs]");
  tabs.hidden = !isMarkdown(card) || Boolean(form.elements.encrypted?.checked);
  if (tabs.hidden && card.querySelector("[name=content]").hidden) show(card, "write");
}

form.addEventListener("click", ({ target }) => {
  const tab = target.closest("[data-tab]");
  if (!tab) return;
  show(cardOf(tab), tab.dataset.tab, true);
  if (tab.dataset.tab === "write") cardOf(tab).querySelector("[name=content]").focus();
});
form.addEventListener("keydown", (event) => {
  if (!event.target.matches("[data-tab]") || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
  event.preventDefault();
  show(cardOf(event.target), event.target.dataset.tab === "write" ? "preview" : "write", true);
});
form.addEventListener("input", ({ target }) => {
  const card = cardOf(target);
  if (card) offer(card);
  else form.querySelectorAll("[data-card]").forEach(offer);
});
form.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.matches("[data-recognised]")) offer(cardOf(target));
  if (!target.matches("[data-preview]")) return;
  target.removeAttribute("aria-busy");
  for (const link of target.querySelectorAll("a:not([href^='#'])")) link.target = "_blank"; // The text is not published yet.
});
// Why there is none is an answer, too.
form.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
  if (!target.matches("[data-preview]") || !detail.isError || !detail.serverResponse.includes('class="help"')) return;
  detail.shouldSwap = true;
  detail.isError = false;
});
form.querySelectorAll("[data-card]").forEach(offer);
