/* Booking where it was drawn: a small form over the calendar, with what the row and the filter say already chosen.
   The whole form is a press away and takes along what was typed. */
(function () {
  "use strict";
  const cal = window.deskCalendar;
  const book = document.getElementById("cal-book");
  if (!cal || !book) return;
  const { ms, wall, clock, make, fill, words, DAY } = cal;
  const NIGHT = 18 * 60 * cal.MINUTE; // as long an end that is not after the start means the next day
  const form = book.querySelector("form");
  const fields = form.elements;
  const series = book.querySelector("[data-series]");
  const elsewhere = book.querySelector("[data-elsewhere]");
  const wrongs = book.querySelector(".pd-cal-wrong");
  let drawnAt = null; // starts and ends on the clock that is drawn; drawn over days, when it starts on the last of them

  /* From one clock to another, where they differ: by way of the instant. */
  function onClock(at, from, to) {
    if (!from || !to || from === to) return at;
    const offset = (zone, instant) => {
      const parts = Object.fromEntries(new Intl.DateTimeFormat("en-GB", {
        timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
      }).formatToParts(instant).map(({ type, value }) => [type, value]));
      return ms(`${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`) - instant;
    };
    const instant = at - offset(from, at - offset(from, at));
    return instant + offset(to, instant);
  }
  const roomsClock = () => fields.room.selectedOptions[0]?.dataset.zone || "";
  const drawnClock = () => drawnAt?.clock || cal.grid()?.dataset.clock || "";

  /* --- when: what was drawn, as the room's clock shows it --- */
  function write() {
    const zone = roomsClock();
    const [starts, ends] = [drawnAt.starts, drawnAt.ends].map((at) => onClock(at, drawnClock(), zone));
    fields.day.value = wall(starts).slice(0, 10);
    fields.time_zone.value = drawnClock();
    fields.starts.value = clock(starts);
    fields.ends.value = clock(ends);
    elsewhere.hidden = Boolean(fields.room.value); // a room says itself where it is, and by which clock
    elsewhere.querySelectorAll("input").forEach((field) => { field.disabled = elsewhere.hidden; });
    const hint = book.querySelector("[data-clock-said]");
    hint.textContent = zone ? fill(hint.dataset.text, zone.split("/").pop().replace(/_/g, " ")) : "";
    each(starts, drawnAt.until && onClock(drawnAt.until, drawnClock(), zone));
    say(starts, ends, zone || fields.time_zone.value);
  }
  /* Drawn over days it is the same hours on each of them, as one series; unticked it is the first day alone. */
  function each(starts, until) {
    const days = until ? 1 + (ms(`${wall(until).slice(0, 10)}T00:00`) - ms(`${fields.day.value}T00:00`)) / DAY : 1;
    series.hidden = days < 2;
    fields.repeats.disabled = series.hidden;
    fields.repeat_until.disabled = series.hidden || !fields.repeats.checked;
    fields.repeat_until.value = series.hidden ? "" : wall(until).slice(0, 10);
    const told = series.querySelector("[data-text]");
    told.textContent = series.hidden ? "" : fill(told.dataset.text, cal.day(until)).replace("%n", days);
  }
  /* The day it ends, where that does not follow from the hours; and whether it is over when it is entered. */
  function say(starts, ends, zone) {
    const last = wall(ends).slice(0, 10);
    const byItself = last === fields.day.value || (ends - starts <= NIGHT && clock(ends) <= clock(starts));
    fields.ends_on.value = byItself ? "" : last;
    const told = book.querySelector("[data-ends-said]");
    told.hidden = last === fields.day.value;
    told.textContent = fill(told.dataset.text, cal.day(ends));
    const there = zone || Intl.DateTimeFormat().resolvedOptions().timeZone;
    book.querySelector("[data-past-said]").hidden = ends > onClock(Date.now(), "UTC", there);
  }
  /* Times on the room's clock: typed, or taken from those that are free. */
  function take(starts, ends) {
    drawnAt = { ...drawnAt, starts: onClock(starts, roomsClock(), drawnClock()), ends: onClock(ends, roomsClock(), drawnClock()) };
    write();
  }
  function typed() {
    const midnight = (day) => ms(`${day}T00:00`);
    const before = wall(onClock(drawnAt.starts, drawnClock(), roomsClock())).slice(0, 10);
    const nights = fields.ends_on.value ? midnight(fields.ends_on.value) - midnight(before) : 0; // what was drawn stays as long
    const [starts, ends] = ["starts", "ends"].map((name) => ms(`${fields.day.value}T${fields[name].value}`));
    if (Number.isFinite(starts) && Number.isFinite(ends)) take(starts, ends + nights > starts ? ends + nights : ends + DAY);
  }

  /* --- open, with what is known --- */
  /* Draw the person or the item whose line it was, to be left out again by a press. */
  function bring(at) {
    const box = book.querySelector("[data-along]");
    box.replaceChildren(...[["gear", at.gear], ["calls[0]contributor", at.person]].filter(([, thing]) => thing).map(([name, thing]) => {
      const label = make("label", "", "form-check");
      const input = make("input", "", "form-check-input");
      Object.assign(input, { type: "checkbox", name, value: thing.id, checked: true });
      label.append(input, make("span", fill(name === "gear" ? words.reserve : words.call, thing.name), "form-check-label"));
      return label;
    }));
    box.hidden = !box.children.length;
  }
  function open(at, done) {
    drawnAt = at;
    form.reset();
    wrong(null);
    const known = [...fields.room.options].map((option) => option.value);
    // a room that was drawn on and is out of use is not put aside for another in silence
    fields.room.value = at.room ? (known.includes(at.room) ? at.room : "") : [form.dataset.room, known[1]].find((room) => room && known.includes(room)) || "";
    if (at.room && at.room !== "remote" && !known.includes(at.room)) wrong({ data: { fields: { room: [words.gone] } } });
    bring(at);
    write();
    book.addEventListener("close", () => done?.(), { once: true });
    book.showModal();
    fields.title.focus();
  }

  /* --- sent, refused, taken back --- */
  function wrong(answer) {
    wrongs.hidden = !answer;
    wrongs.replaceChildren();
    book.querySelectorAll("[aria-invalid]").forEach((field) => { field.removeAttribute("aria-invalid"); field.classList.remove("is-invalid"); });
    if (!answer) return;
    const said = answer.data.fields || {};
    Object.keys(said).forEach((name) => {
      const field = book.querySelector(`[name="${name}"]`);
      field?.setAttribute("aria-invalid", "true");
      field?.classList.add("is-invalid");
    });
    const clashes = answer.data.clashes || [];
    const closed = clashes.length > 0 && clashes.every((clash) => clash.closed);
    wrongs.append(make("p", clashes.length ? (closed ? words.closed : words.notBooked) : Object.values(said).flat().join(" ") || answer.data.detail));
    if (clashes.length) wrongs.append(cal.list(clashes));
    if (answer.data.free?.length) {
      wrongs.append(cal.free(answer.data.free, (each) => {
        take(ms(each.starts_local), ms(each.ends_local));
        wrong(null);
        fields.title.focus();
      }));
    }
    if (closed) {
      const agreed = make("button", words.agreed, "btn btn-s");
      agreed.type = "button";
      agreed.addEventListener("click", () => send({ outside_hours: "true" }));
      wrongs.append(agreed);
    }
  }
  async function send(more = {}) {
    if (!fields.title.value.trim() || !fields.project.value) {
      wrong({ data: { detail: words.fill } });
      return (fields.title.value.trim() ? fields.project : fields.title).focus();
    }
    if (form.ariaBusy === "true") return undefined; // a second press means the same booking
    form.ariaBusy = "true";
    const data = [...new FormData(form), ...Object.entries(more)];
    const answer = await window.desk.post(form.dataset.quick, data, { headers: { "Idempotency-Key": crypto.randomUUID?.() || String(Math.random()) } });
    form.ariaBusy = null;
    if (!answer.ok) return wrong(answer);
    book.close();
    await cal.redraw(answer.data.id);
    const [starts, ends] = [ms(answer.data.starts_local), ms(answer.data.ends_local)];
    const [held, dates] = [answer.data.state === "hold", answer.data.series?.count];
    const text = fill(dates ? (held ? words.allHeld : words.allBooked) : held ? words.held : words.booked, cal.span(starts, ends)).replace("%n", dates);
    cal.tell(text);
    // dates that are over are not cancelled with the others
    const undo = dates && Date.parse(answer.data.ends_at) <= Date.now() ? undefined : () => unbook(answer.data);
    return window.desk.toast(text, { undo });
  }
  async function unbook(session) {
    const said = { reason: "", no_fee: "true", scope: session.series ? "all" : "one" };
    const answer = await window.desk.post(`/api/v1/sessions/${session.id}/cancel/`, said, { headers: { "If-Match": `"${session.version}"` } });
    await cal.redraw();
    return answer.ok ? window.desk.toast(words.unbooked) : cal.refused(session, answer);
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    send();
  });
  book.querySelector("[data-more]").addEventListener("click", () => location.assign(`${form.action}?${new URLSearchParams(new FormData(form))}`));
  for (const field of [fields.room, fields.repeats]) field.addEventListener("change", write);
  ["day", "starts", "ends"].forEach((name) => fields[name].addEventListener("change", typed));
  book.querySelector("[data-close]").addEventListener("click", () => book.close());
  cal.open = open;
})();
