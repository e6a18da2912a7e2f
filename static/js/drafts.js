// Keeps what is typed in this browser until it is published, and warns before a page with unsaved text is left. Texts and
// choices, never a password, never chosen files. A draft belongs to an address and an account; while it is open in a tab it
// is that tab's alone.
const form = document.querySelector("[data-composer]");
const notice = form.querySelector("[data-draft]");
const act = notice.querySelector("button");
const FIELDS = ["title", "description", "tags", "visibility", "expiry", "expires_at", "burn", "encrypted", "max_views", "message", "base"];
const CARD = ["filename", "language", "content"];
const PREFIX = `draft ${form.dataset.owner} ${location.pathname} `;
const MOST = 2_000_000; // Characters: storage has room for some five million.
const DAYS = 30;
const PAUSE = 500;

function read() {
  const fields = {};
  for (const name of FIELDS) {
    const field = form.elements[name];
    if (field) fields[name] = field.type === "checkbox" ? field.checked : field.value;
  }
  const cards = [...form.querySelectorAll("[data-card]")].map((card) => Object.fromEntries(CARD.map((name) => [name, card.querySelector(`[name=${name}]`).value])));
  return { fields, cards };
}

function write({ fields, cards }) {
  for (const [name, value] of Object.entries(fields)) {
    const field = form.elements[name];
    if (!field) continue;
    if (field.type === "checkbox") field.checked = value;
    else field.value = value;
  }
  for (const folded of form.querySelectorAll("details")) {
    if ([...folded.querySelectorAll("input, textarea")].some((field) => field.value && field.type !== "checkbox")) folded.open = true;
  }
  form.dispatchEvent(new CustomEvent("cards", { detail: cards }));
  form.dispatchEvent(new Event("input"));
}

const before = read(); // What the server sent.
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const files = () => form.querySelector("[data-upload]").files.length;
const unsaved = () => files() > 0 || !same(read().cards, before.cards);
let over = false; // Published, or on its way there.

// Storage may be forbidden, full or gone; then there is the warning alone.
function storage(use) {
  try {
    return use(localStorage);
  } catch {
    return null;
  }
}

const at = (key) => storage((store) => JSON.parse(store.getItem(key)));
const mine = () => storage((store) => Object.keys(store).filter((key) => key.startsWith(PREFIX))) ?? [];
const drop = (key) => storage((store) => store.removeItem(key));

let key; // Of this tab's draft, once it has one.

function save() {
  if (!key || over) return;
  const state = read();
  const text = JSON.stringify({ ...state, saved: Date.now() });
  if (same(state, before) || text.length > MOST) drop(key);
  else if (storage((store) => (store.setItem(key, text), true)) === null) drop(key); // Half a draft is none.
}

function forgetOld() {
  const old = Date.now() - DAYS * 86_400_000;
  for (const name of storage(Object.keys) ?? []) {
    if (name.startsWith("draft ") && !(at(name)?.saved > old)) drop(name);
  }
}

// A lock is held as long as its page is open, whatever becomes of it. Plain http has none: there a draft that was saved a
// moment ago is taken for another tab's.
function claim(name) {
  if (!navigator.locks) return !(Date.now() - at(name)?.saved < 10_000);
  return new Promise((done) => {
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        done(Boolean(lock));
        return lock && new Promise(() => {});
      })
      .catch(() => done(true));
  });
}

const newest = (one, other) => at(other).saved - at(one).saved;

async function begin() {
  forgetOld();
  for (const name of mine().sort(newest)) {
    if (await claim(name)) {
      key = name;
      restore(at(name));
      return;
    }
  }
  key = PREFIX + Math.random().toString(36).slice(2);
  await claim(key);
}

function restore(draft) {
  // Whoever types already, or sees what was refused, is not interrupted.
  if (!draft || document.querySelector("[data-errors]") || !same(read(), before)) return;
  write(draft);
  say("restored", draft);
}

function say(what, draft) {
  const time = Object.assign(document.createElement("time"), { dateTime: new Date(draft.saved).toISOString() });
  time.dataset.relative = "";
  const [head, tail = ""] = notice.dataset[what].split("{when}");
  notice.querySelector("[data-words]").replaceChildren(head, ...(what === "restored" ? [time, tail] : []));
  act.textContent = what === "restored" ? notice.dataset.discard : notice.dataset.undo;
  act.onclick = () => {
    const kept = what === "restored" ? { ...read(), saved: draft.saved } : draft;
    write(what === "restored" ? before : kept);
    save();
    say(what === "restored" ? "discarded" : "restored", kept);
  };
  notice.hidden = false;
}

let waiting;
form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(save, PAUSE);
});
addEventListener("pagehide", save);
document.addEventListener("visibilitychange", save);
form.addEventListener("published", () => {
  over = true;
  drop(key);
});
form.addEventListener("submit", () => (over = over || !window.htmx)); // Then the browser sends it, and that is no leaving.
addEventListener("pageshow", (event) => {
  if (event.persisted) over = false;
});
addEventListener("beforeunload", (event) => {
  if (!over && unsaved()) event.preventDefault();
});
begin();
