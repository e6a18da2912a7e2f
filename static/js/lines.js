// Lines and ranges of lines by address: #L10, #L10-L20, and with the file's anchor before it, #F2-L10.
// ?line=10-20 is the same for servers, which never see what follows a #.
// A click on a number marks a line, a click with Shift a range. A line the page does not hold yet is fetched by its page.
const ADDRESS = /^#(F\d+-)?L(\d+)(?:-(?:F\d+-)?L(\d+))?$/i;

function parse(hash) {
  const match = ADDRESS.exec(hash);
  if (!match) return null;
  const [, anchor = "", from, to = from] = match;
  const ends = [Number(from), Number(to)];
  return { anchor, first: Math.min(...ends), last: Math.max(...ends) };
}

const addressOf = ({ anchor, first, last }) => `#${anchor}L${first}` + (last > first ? `-${anchor}L${last}` : "");
const rowOf = (anchor, number) => document.getElementById(`${anchor}L${number}`);
const fileOf = (anchor) => [...document.querySelectorAll("[data-file]")].find((file) => file.dataset.anchor === anchor);

function mark() {
  for (const row of document.querySelectorAll(".l.hit")) row.classList.remove("hit");
  const wanted = parse(location.hash);
  const file = wanted && fileOf(wanted.anchor);
  // From the rows that are there: a range may be a million lines long.
  for (const row of file?.querySelectorAll(".l") ?? []) {
    const number = Number(row.id.slice(wanted.anchor.length + 1));
    row.classList.toggle("hit", number >= wanted.first && number <= wanted.last);
  }
  const marked = file ? { ...wanted, file } : null;
  offer(marked);
  document.dispatchEvent(new CustomEvent("lines-marked", { detail: marked }));
  return wanted;
}

// What can be done with the marked lines floats at the foot of the window: their link, their text, a comment.
function offer(marked) {
  const bar = document.querySelector("[data-marked]");
  const rows = marked ? marked.file.querySelectorAll(".l.hit").length : 0;
  bar.hidden = !rows;
  if (!rows) return;
  const last = Math.min(marked.last, Number(marked.file.dataset.lines));
  const ends = [...new Set([marked.first, last])].map((number) => `L${number}`); // As addresses call lines.
  bar.querySelector("[data-marked-lines]").textContent = ends.join("–");
  // A range may go on in parts that are not on the page.
  bar.querySelector("[data-copy-lines]").hidden = rows <= last - marked.first;
}

function go() {
  const wanted = mark();
  if (!wanted) return;
  const row = rowOf(wanted.anchor, wanted.first);
  row?.closest("details")?.setAttribute("open", "");
  if (row) row.scrollIntoView({ block: "center" });
  else fetchPage(wanted);
}

function fetchPage({ anchor, first }) {
  const file = fileOf(anchor);
  if (!file || first < 1 || first > Number(file.dataset.lines)) return;
  const page = new URL(file.dataset.page || location.href, location.href);
  if (page.searchParams.get("line") === String(first) && !file.dataset.page) return; // Asked already: no second time.
  page.searchParams.set("line", first);
  page.searchParams.delete("view");
  if (anchor) page.searchParams.set("file", file.dataset.number);
  else page.searchParams.delete("file");
  page.hash = location.hash;
  location.replace(page);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".code .l > a:first-child");
  if (!link || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const clicked = parse(link.hash);
  const marked = parse(location.hash);
  let hash = link.hash;
  if (event.shiftKey && marked?.anchor === clicked.anchor) {
    hash = addressOf({ ...clicked, first: Math.min(marked.first, clicked.first), last: Math.max(marked.first, clicked.first) });
  }
  history.replaceState(history.state, "", hash);
  mark();
});

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-unmark]")) return;
  history.replaceState(history.state, "", location.pathname + location.search);
  mark();
});

// Without this script the form asks the server for the page; here the line may be on the page already.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-jump]")) return;
  event.preventDefault();
  const { anchor } = event.target.closest("[data-file]").dataset;
  const [first, last = first] = event.target.elements.to.value.match(/\d+/g).map(Number);
  const hash = addressOf({ anchor, first: Math.min(first, last), last: Math.max(first, last) });
  if (hash === location.hash) go();
  else location.hash = hash;
});

addEventListener("hashchange", go);
document.addEventListener("htmx:afterSettle", mark);
const asked = new URLSearchParams(location.search);
if (!location.hash && asked.get("line")) {
  const file = [...document.querySelectorAll("[data-file]")].find((one) => one.dataset.number === asked.get("file")) ?? document.querySelector("[data-file]");
  const [first = 1, last = first] = (asked.get("line").match(/\d+/g) ?? []).map(Number);
  history.replaceState(history.state, "", addressOf({ anchor: file?.dataset.anchor ?? "", first, last }));
}
go();
