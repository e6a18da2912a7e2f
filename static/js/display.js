// What must be known before the first paint: the colours and whether long lines wrap. Classic and small, because it blocks.
(() => {
  const root = document.documentElement;
  try {
    // The page of somebody with an account carries their choice; others keep theirs in the browser, since their pages are shared.
    if (root.hasAttribute("data-account")) {
      localStorage.setItem("theme", root.dataset.theme ?? "");
    } else if (localStorage.getItem("theme")) {
      root.dataset.theme = localStorage.getItem("theme");
    }
    if (localStorage.getItem("wrap") === "1") root.dataset.wrap = "";
  } catch {
    // Storage may be forbidden; then the device's own preference counts.
  }
})();
