/* The booking form says, while one types, how long it is and by whose clock; who is hired is added with one press.
   Without this script all of it works by the form's own buttons. */
(function () {
  "use strict";
  const DAY_MINUTES = 24 * 60;
  const HOUR_MINUTES = 60;
  const MINUTE_MS = 60000;

  /* --- how long, and by whose clock --- */
  function minutes(text) {
    const [hours, rest] = (text || "").split(":").map(Number);
    return Number.isFinite(hours) && Number.isFinite(rest) ? hours * HOUR_MINUTES + rest : null;
  }
  /* Without a last day an end that is not after the start is on the next. */
  function days(first, last) {
    return first && last ? Math.round((Date.parse(last) - Date.parse(first)) / (DAY_MINUTES * MINUTE_MS)) : null;
  }
  function length(starts, ends, nights) {
    const total = nights === null ? ((ends - starts + DAY_MINUTES) % DAY_MINUTES) || DAY_MINUTES : ends - starts + nights * DAY_MINUTES;
    if (total <= 0) return null;
    const [hours, rest] = [Math.floor(total / HOUR_MINUTES), total % HOUR_MINUTES];
    if (!hours) return `${rest} min`;
    return rest ? `${hours} h ${String(rest).padStart(2, "0")}` : `${hours} h`;
  }
  /* The moment that a wall time is in a zone: guess, look at the clock there, correct; twice, for the nights of a change. */
  function moment(day, at, zone) {
    const wanted = Date.parse(`${day}T${at}:00Z`);
    let guess = wanted;
    for (let turn = 0; turn < 2; turn += 1) {
      const parts = Object.fromEntries(new Intl.DateTimeFormat("en-GB", {
        timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
      }).formatToParts(guess).map(({ type, value }) => [type, value]));
      guess += wanted - Date.parse(`${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:00Z`);
    }
    return new Date(guess);
  }
  const city = (zone) => zone.split("/").pop().replace(/_/g, " ");
  const clock = (date) => date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

  function tell(form) {
    const hint = form.querySelector("[data-clock-hint]");
    const fields = form.elements;
    if (!hint || !fields.room) return;
    const room = fields.room.selectedOptions[0]?.dataset || {};
    const zone = room.clock || fields.time_zone.value;
    const place = room.place || city(zone);
    // a poll has many dates, and says the place alone
    const [starts, ends] = [minutes(fields.starts?.value), minutes(fields.ends?.value)];
    const texts = [];
    const long = starts !== null && ends !== null && length(starts, ends, days(fields.day.value, fields.ends_on?.value));
    if (zone && long) texts.push(fill(hint.dataset.text, { length: long, place }));
    else if (zone) texts.push(fill(hint.dataset.place, { place }));
    const own = ownClock(fields, zone);
    if (own) texts.push(fill(hint.dataset.own, own));
    hint.textContent = texts.join(", ");
  }
  /* What is over when it is entered: nobody is reminded of it, and the form says so before. */
  function warn(form) {
    const hint = form.querySelector("[data-past-hint]");
    if (!hint || !form.elements.day) return;
    const { day, ends, starts, ends_on: last, room, time_zone: typed } = form.elements;
    const zone = room?.selectedOptions[0]?.dataset.clock || typed?.value || hint.dataset.zone;
    const nights = last?.value || ends.value > starts.value ? 0 : DAY_MINUTES * MINUTE_MS;
    try {
      hint.hidden = !(ends.value && moment(last?.value || day.value, ends.value, zone).getTime() + nights <= Date.now());
    } catch {
      hint.hidden = true; // half a day, or a zone that is not one yet
    }
  }
  function fill(text, values) {
    return text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
  }
  function ownClock(fields, zone) {
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!zone || zone === here || !fields.day?.value || !fields.starts.value || !fields.ends.value) return null;
    try {
      const span = [fields.starts, fields.ends].map((field) => clock(moment(fields.day.value, field.value, zone)));
      return span[0] === fields.starts.value ? null : { span: span.join(" – "), place: city(here) };
    } catch {
      return null; // half a year, or a zone that is not one yet
    }
  }

  /* --- who is hired comes into the form without asking the server --- */
  document.addEventListener("click", function (event) {
    const button = event.target instanceof Element && event.target.closest("button[data-hire]");
    if (!button) return;
    event.preventDefault();
    const group = button.closest("[data-rows]");
    group.querySelector("[data-row-add]").click();
    const row = group.querySelector("[data-row]:last-child");
    const [person, role, call] = ["contributor", "role", "call"].map((name) => row.querySelector(`[name$="]${name}"]`));
    person.value = button.dataset.hire;
    role.value = button.dataset.role;
    call.focus();
    row.dispatchEvent(new Event("change", { bubbles: true }));
  });

  /* Nobody is called twice: who is in a row is offered neither by a press nor in another row, until the row lets go. */
  function offer(group) {
    const chosen = [...group.querySelectorAll('[data-row] select[name$="]contributor"]')];
    const there = new Set(chosen.map((select) => select.value).filter(Boolean));
    group.querySelectorAll("button[data-hire]").forEach((button) => { button.hidden = there.has(button.dataset.hire); });
    for (const select of chosen) {
      for (const option of select.options) option.disabled = there.has(option.value) && option.value !== select.value;
    }
  }
  document.addEventListener("change", (event) => {
    const group = event.target instanceof Element && event.target.closest("[data-rows]");
    if (group?.querySelector("button[data-hire]")) offer(group);
  });

  /* --- another project: the form comes anew from the server; what was typed meanwhile is not lost --- */
  const PARTS = ["booking", "polling"];
  const KEPT = ["title", "day", "starts", "ends", "ends_on", "answer_by", "message", "prepare", "notes"];
  let typed = {};
  document.addEventListener("htmx:beforeSwap", (event) => {
    const form = PARTS.includes(event.detail.target.id) && document.getElementById("form");
    if (form) typed = Object.fromEntries(KEPT.filter((name) => name in form.elements).map((name) => [name, form.elements[name].value]));
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const box = document.getElementById(event.detail.target.id);
    const form = box?.querySelector("#form");
    if (!form || !PARTS.includes(box.id)) return;
    KEPT.filter((name) => name in typed).forEach((name) => { form.elements[name].value = typed[name]; });
    start(box);
  });

  function start(root) {
    root.querySelectorAll("form[data-form]").forEach((form) => {
      const say = () => { tell(form); warn(form); };
      say();
      for (const name of ["input", "change"]) form.addEventListener(name, say);
    });
  }
  start(document);
})();
