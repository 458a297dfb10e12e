/* One's own schedule: notes that the call was opened, and says what a proposed time is on the reader's clock. */
(function () {
  "use strict";

  /* Only a person's open page says so: who fetches the address ahead of them notes nothing. */
  const shown = document.querySelector("[data-seen-url]");
  function tell() {
    if (document.visibilityState !== "visible") return;
    document.removeEventListener("visibilitychange", tell);
    desk.post(shown.dataset.seenUrl, {});
  }
  if (shown) {
    document.addEventListener("visibilitychange", tell);
    tell();
  }

  const sheet = document.querySelector("[data-opened-url]");
  function read() {
    if (document.visibilityState !== "visible") return;
    document.removeEventListener("visibilitychange", read);
    desk.post(sheet.dataset.openedUrl, { number: sheet.dataset.number });
  }
  if (sheet) {
    document.addEventListener("visibilitychange", read);
    read();
  }

  /* A mail's button leads to #session-7: show that one large. Without a script it is scrolled to. */
  const meant = /^#session-\d+$/.test(location.hash) && document.querySelector(`li${location.hash} > a`);
  if (meant) location.replace(meant.href);

  /* The instant at which the clocks of a zone show this day and time. */
  function instant(day, time, zone) {
    const wished = Date.parse(`${day}T${time}Z`);
    const format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
    const shows = function (moment) {
      const part = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, value]));
      return Date.parse(`${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}Z`);
    };
    let moment = wished;
    for (let pass = 0; pass < 2; pass++) moment += wished - shows(moment);
    return new Date(moment);
  }

  document.querySelectorAll("form[data-propose]").forEach(function (form) {
    const hint = form.querySelector("[data-propose-hint]");
    const zone = form.dataset.propose;
    const day = form.elements.namedItem("day"), time = form.elements.namedItem("at");
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
    function say() {
      hint.textContent = "";
      if (!day.value || !time.value) return;
      const moment = instant(day.value, time.value.slice(0, 5), zone);
      if (Number.isNaN(moment.getTime())) return;
      const clock = (timeZone) => new Intl.DateTimeFormat(document.documentElement.lang || undefined,
        { timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(moment);
      if (clock(own) === clock(zone)) return;
      hint.textContent = desk.text("localTime", { time: clock(own), place: own.split("/").pop().replace(/_/g, " ") });
    }
    form.addEventListener("input", say);
    say();
  });
})();
