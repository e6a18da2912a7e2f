// What must be known before the first paint, or the page would change under its reader: the colours, whether long lines wrap,
// and how long ago things happened. Classic and small, because it blocks.
(() => {
  const root = document.documentElement;
  try {
    // The page of somebody with an account carries their choice; others keep theirs in the browser, since their pages are shared.
    if (root.hasAttribute("data-account")) {
      localStorage.setItem("theme", root.dataset.theme ?? "");
    } else if (["light", "dark"].includes(localStorage.getItem("theme"))) {
      root.dataset.theme = localStorage.getItem("theme"); // The admin writes "auto" there.
    }
    if (localStorage.getItem("wrap") === "1") root.dataset.wrap = "";
  } catch {
    // Storage may be forbidden; then the device's own preference counts.
  }

  // Pages say moments in UTC, the same for every reader; here they become "2 minutes ago", with the exact one on hover.
  const language = root.lang || "en";
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const exact = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });
  const STEPS = [["year", 31_557_600], ["month", 2_629_800], ["week", 604_800], ["day", 86_400], ["hour", 3_600], ["minute", 60]];
  const times = document.getElementsByTagName("time");

  function spoken(moment) {
    const seconds = (moment - Date.now()) / 1000;
    for (const [unit, length] of STEPS) {
      // 59 and a half minutes are an hour, and ten minutes are not nine a second after publishing.
      if (Math.abs(seconds) >= 0.96 * length) return relative.format(Math.round(seconds / length), unit);
    }
    return relative.format(0, "second");
  }

  // The parser may stand in the middle of the words of the last one.
  function isWhole(node) {
    if (document.readyState !== "loading") return true;
    while (node && !node.nextSibling) node = node.parentNode;
    return node !== null;
  }

  function refresh(all) {
    for (const time of times) {
      if (!("relative" in time.dataset) || (!all && time.title) || !isWhole(time)) continue;
      const moment = new Date(time.dateTime);
      if (Number.isNaN(moment.valueOf())) continue;
      time.textContent = spoken(moment);
      time.title = exact.format(moment);
    }
  }

  // As the page is read, and whatever comes to it later; what watches is told before the next paint.
  new MutationObserver(() => refresh(false)).observe(root, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", () => refresh(false));
  setInterval(refresh, 60_000, true);
})();
