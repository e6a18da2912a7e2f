// Keys for what is on the page anyway: data-shortcut="r" on a control makes that key press it (a field gets the focus),
// j and k go through the rows that have data-row. The list of them comes from its own page and can switch them all off.
const TYPING = "input:not([type=checkbox], [type=radio], [type=submit], [type=button]), textarea, select, [contenteditable]";
const link = document.querySelector("[data-shortcuts]");
let on = true;
try {
  on = localStorage.getItem("shortcuts") !== "off";
} catch {
  // Storage may be forbidden; then they can be switched off for this page.
}

// A letter counts by what is written on its key; where that is of another script, by where the key is.
function keyOf({ key, code, shiftKey }) {
  if (key === "?" || key === "/") return key;
  if (shiftKey || key.length > 1) return "";
  if (/[a-z]/i.test(key)) return key.toLowerCase();
  return /\p{L}/u.test(key) && /^Key[A-Z]$/.test(code) ? code.at(-1).toLowerCase() : "";
}

// Of several files the key means the one that is being read.
function controlOf(key) {
  const all = [...document.querySelectorAll(`[data-shortcut="${key}"]:not(:disabled, [aria-current=page], [hidden] *)`)];
  const shown = all.filter((one) => one.checkVisibility());
  const some = shown.length ? shown : all; // What is only in a closed menu can be pressed all the same.
  return some.findLast((one) => one.closest("[data-file]")?.getBoundingClientRect().top < 120) ?? some[0];
}

function press(key) {
  const control = controlOf(key);
  if (!control?.matches(TYPING)) control?.click();
  else {
    control.focus();
    control.select();
  }
  return Boolean(control);
}

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")].filter((one) => one.checkVisibility());
  const here = rows.findIndex((one) => one.contains(document.activeElement));
  // From nowhere to the first one that is in view.
  const next = here < 0 ? rows.find((one) => one.getBoundingClientRect().top >= 0) : rows[here + by];
  next?.querySelector("a, button")?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return rows.length > 0;
}

document.addEventListener("keydown", (event) => {
  if (!on || event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = keyOf(event);
  const open = document.querySelector("dialog[open]");
  if (!key || event.target.closest?.(TYPING) || (open && (key !== "?" || open !== dialog))) return;
  if (open) open.close();
  else if (key === "j" || key === "k") {
    if (!step(key === "j" ? 1 : -1)) return;
  } else if (event.repeat || !press(key)) return;
  event.preventDefault();
});

let dialog;

async function listed() {
  const response = await fetch(link.href);
  if (!response.ok) throw new Error(`${response.status}`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const made = document.createElement("dialog");
  made.append(...page.querySelector("[data-keys]").childNodes);
  made.className = "keys";
  made.setAttribute("aria-labelledby", "keys-heading");
  for (const button of made.querySelectorAll("[hidden]")) button.hidden = false;
  document.body.append(made);
  made.addEventListener("click", (event) => event.target === made && made.close()); // Beside it.
  return made;
}

link?.addEventListener("click", async (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || document.querySelector("main [data-keys]")) return;
  event.preventDefault();
  try {
    dialog ??= await listed();
  } catch {
    location.assign(link.href);
    return;
  }
  if (dialog.open) return;
  // Only what works here.
  for (const row of dialog.querySelectorAll("[data-key]")) {
    row.hidden = !(row.dataset.key === "j" ? document.querySelector("[data-row]") : controlOf(row.dataset.key));
  }
  showSwitch();
  dialog.showModal();
});

// What assistive technology says of a control, and what the switch shows.
function announce() {
  for (const control of document.querySelectorAll("[data-shortcut]")) {
    if (on) control.setAttribute("aria-keyshortcuts", control.dataset.shortcut);
    else control.removeAttribute("aria-keyshortcuts");
  }
}

function showSwitch() {
  for (const box of document.querySelectorAll("[data-shortcuts-on]")) box.checked = on;
}

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-shortcuts-on]")) return;
  on = event.target.checked;
  try {
    if (on) localStorage.removeItem("shortcuts");
    else localStorage.setItem("shortcuts", "off");
  } catch {
    // Not remembered, but done.
  }
  announce();
});

announce();
showSwitch();
