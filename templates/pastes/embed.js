// Puts a paste where this script stands: <script src="…/embed.js?lines=10-20" async></script>. What follows the question
// mark is what the frame is asked for. The frame says how high it is when it is asked, and again whenever that changes.
(() => {
  const script = document.currentScript;
  if (!script || !script.src) return;
  const address = new URL(script.src);
  address.pathname = address.pathname.replace(/\.js$/, "");
  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = script.dataset.title || address.hostname;
  frame.width = "100%";
  frame.height = "160";
  frame.setAttribute("frameborder", "0");
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== address.origin) return;
    const height = event.data && event.data.height;
    if (Number.isFinite(height) && height > 0) frame.height = String(Math.min(Math.ceil(height), 20000));
  });
  frame.addEventListener("load", () => frame.contentWindow.postMessage("height?", address.origin));
  script.after(frame);
})();
