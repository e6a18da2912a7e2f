// From one error of a log to the next. The header's links know only the line that the page was asked for; here it goes on from
// the line that is marked. lines.js opens what is folded, and fetches what the page does not hold.
const LINE = /^#(F\d+-)?L(\d+)/i;

function target(log, anchor, direction) {
  const lines = log.dataset.errors.split(",").map(Number);
  const [, file = "", line = 0] = LINE.exec(location.hash) ?? [];
  const here = file === anchor ? Number(line) : 0;
  if (direction === "next") return Math.max(0, lines.findIndex((one) => one > here));
  const before = lines.findLastIndex((one) => one < here);
  return before < 0 ? lines.length - 1 : before;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-error]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const log = link.closest("[data-errors]");
  const { anchor } = link.closest("[data-file]").dataset;
  const at = target(log, anchor, link.dataset.error);
  const line = log.dataset.errors.split(",")[at];
  const said = log.dataset.said.replace("{at}", at + 1).replace("{total}", log.dataset.total).replace("{line}", line);
  document.dispatchEvent(new CustomEvent("status", { detail: said }));
  const hash = `#${anchor}L${line}`;
  if (hash === location.hash) document.getElementById(hash.slice(1))?.scrollIntoView({ block: "center" });
  else location.hash = hash;
});
