// What can be done with the marked lines floats at the foot of the window: their link, their text, a comment.
// Stands before js/lines.js on the page, to hear of the lines that the address marks.
const bar = document.querySelector("[data-marked]");

document.addEventListener("lines-marked", ({ detail: marked }) => {
  const rows = marked ? marked.file.querySelectorAll(".l.hit").length : 0;
  bar.hidden = !rows;
  if (!rows) return;
  const last = Math.min(marked.last, Number(marked.file.dataset.lines));
  const ends = [...new Set([marked.first, last])].map((number) => `L${number}`); // As addresses call lines.
  bar.querySelector("[data-marked-lines]").textContent = ends.join("–");
  // A range may go on in parts that are not on the page.
  bar.querySelector("[data-copy-lines]").hidden = rows <= last - marked.first;
});
