// Line numbers by keyboard, without a stop at each of them: Tab reaches the one that is marked or the first in view, arrows
// go on from there, Enter marks a line and Shift+Enter all lines up to it (js/lines.js hears the click).
const NUMBER = ".code .l > a:first-child";
const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20, Home: -Infinity, End: Infinity };
const numbersOf = (code) => [...code.querySelectorAll(".l > a:first-child")];

function reach(number) {
  for (const other of number.closest(".code").querySelectorAll(".l > a[tabindex='0']")) other.tabIndex = -1;
  number.tabIndex = 0;
}

document.addEventListener("focusin", ({ target }) => {
  if (target.matches(NUMBER)) reach(target);
  if (!target.matches(".code[tabindex]")) return;
  const numbers = numbersOf(target);
  const first = numbers.find((one) => one.parentElement.matches(".hit")) ?? numbers.find((one) => one.getBoundingClientRect().top > 44);
  if (first) reach(first);
});

document.addEventListener("keydown", (event) => {
  const by = STEPS[event.key];
  if (!by || !event.target.matches?.(NUMBER) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const numbers = numbersOf(event.target.closest(".code"));
  numbers[Math.max(0, Math.min(numbers.indexOf(event.target) + by, numbers.length - 1))].focus();
});
