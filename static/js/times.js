// Pages say moments in UTC, the same for every reader; here they become "2 minutes ago", with the exact one on hover.
const language = document.documentElement.lang || "en";
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const exact = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });
const STEPS = [["year", 31_557_600], ["month", 2_629_800], ["week", 604_800], ["day", 86_400], ["hour", 3_600], ["minute", 60]];

function spoken(moment) {
  const seconds = (moment - Date.now()) / 1000;
  for (const [unit, length] of STEPS) {
    // 59 and a half minutes are an hour, and ten minutes are not nine a second after publishing.
    if (Math.abs(seconds) >= 0.96 * length) return relative.format(Math.round(seconds / length), unit);
  }
  return relative.format(0, "second");
}

function refresh(scope = document) {
  for (const time of scope.querySelectorAll("time[data-relative]")) {
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.valueOf())) continue;
    time.textContent = spoken(moment);
    time.title = exact.format(moment);
  }
}

refresh();
setInterval(refresh, 60_000, document);
for (const news of ["htmx:afterSwap", "times"]) document.addEventListener(news, () => refresh());
