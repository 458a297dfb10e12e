/* The calendar draws what the page gives it; other weeks and views are plain links of the page.
   <div data-calendar data-view="week|month|rooms" data-date="2026-11-16" data-from="08:00" data-until="22:00" data-source="calendar-data">
   and {{ data|json_script:"calendar-data" }} with {events: [{id, start, end, title, sub, url, classes: ["pd-p-3", "is-hold"], resources: [..]}],
   resources: [{id, title, sub, head, room}]}. Start and end are wall time on the studio's clock ("2026-11-17T10:00"), so no browser moves them. */
(function () {
  "use strict";
  const VIEWS = { week: "timeGridWeek", month: "dayGridMonth", rooms: "resourceTimelineWeek", day: "timeGridDay" };
  const HOURS_A_DAY = 24;
  const DAYS = 7;
  const SLOT_HOURS = 4;
  const NARROWEST_SLOT = 30;
  const USUAL_HOURS = 8; // how long a session is that somebody draws by a press
  const LATEST_START = 22;

  function element(tag, name, text) {
    const made = document.createElement(tag);
    made.className = name;
    made.textContent = text;
    return made;
  }

  function content({ event, timeText, view }) {
    const extra = event.extendedProps;
    const title = element("a", "pd-ev-t", "");
    title.href = extra.url;
    if (view.type === VIEWS.month && timeText) title.append(element("time", "", timeText.split(/\s[–-]\s/)[0]));
    title.append(event.title);
    const nodes = [title];
    if (extra.sub && view.type !== VIEWS.month) nodes.push(element("span", "pd-ev-s", extra.sub));
    return { domNodes: nodes };
  }

  /* The library's table roles miss their rows, which tells a reader wrong things. Without them the days, times and links
     are read in their order; the same as a real list always stands one press away. */
  function plain(box) {
    const wrong = { role: "[role]:not([role=button], [role=link], [role=dialog])", "aria-colindex": "[aria-colindex]", "aria-rowindex": "[aria-rowindex]", "aria-colcount": "[aria-colcount]", "aria-rowcount": "[aria-rowcount]" };
    const names = Object.keys(wrong);
    const strip = () => names.forEach((name) => box.querySelectorAll(wrong[name]).forEach((part) => part.removeAttribute(name)));
    new MutationObserver(strip).observe(box, { subtree: true, childList: true, attributes: true, attributeFilter: names });
  }

  /* A press on empty time leads to the form, with day, hour and room filled in. The keyboard has "Book session". */
  function book(box, { dateStr, allDay, resource }) {
    const query = new URLSearchParams({ day: dateStr.slice(0, 10) });
    if (!allDay && dateStr.length > 10 && box.dataset.view !== "month") {
      const hour = Math.min(Number(dateStr.slice(11, 13)), LATEST_START);
      query.set("starts", `${String(hour).padStart(2, "0")}:${dateStr.slice(14, 16)}`);
      query.set("ends", `${String(Math.min(hour + USUAL_HOURS, HOURS_A_DAY - 1)).padStart(2, "0")}:${dateStr.slice(14, 16)}`);
    }
    if (resource?.extendedProps.room) query.set("room", resource.extendedProps.room);
    if (box.dataset.project) query.set("project", box.dataset.project);
    location.assign(`${box.dataset.bookUrl}?${query}`);
  }

  function draw(box) {
    const data = JSON.parse(document.getElementById(box.dataset.source).textContent);
    const rooms = box.dataset.view === "rooms";
    const from = box.dataset.from || "08:00";
    const until = box.dataset.until || "22:00";
    const options = {
      view: VIEWS[box.dataset.view] || VIEWS.week,
      date: box.dataset.date,
      firstDay: Number(box.dataset.firstDay ?? 1),
      locale: document.documentElement.lang,
      headerToolbar: { start: "", center: "", end: "" },
      allDaySlot: false, nowIndicator: true, editable: false, selectable: false, dayMaxEvents: true,
      slotMinTime: from, slotMaxTime: until,
      slotLabelFormat: { hour: "2-digit", minute: rooms ? undefined : "2-digit", hourCycle: "h23" },
      eventTimeFormat: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
      dayHeaderFormat: box.dataset.view === "month" ? { weekday: "short" } : { weekday: "short", day: "numeric" },
      events: data.events.map((event) => ({
        id: event.id, start: event.start, end: event.end, title: event.title, resourceIds: event.resources || [],
        classNames: event.classes || [], extendedProps: { sub: event.sub, url: event.url },
      })),
      dateClick: box.dataset.bookUrl ? (info) => book(box, info) : undefined,
      eventContent: content,
      eventDidMount: ({ el, event, timeText }) => { el.title = [event.title, event.extendedProps.sub, timeText].filter(Boolean).join(", "); },
    };
    if (rooms) {
      options.scrollTime = from;
      options.slotDuration = `0${SLOT_HOURS}:00`;
      options.resources = data.resources.map((row) => ({ id: row.id, title: row.title, extendedProps: { sub: row.sub, head: row.head, room: row.room } }));
      options.resourceLabelContent = ({ resource }) => {
        const label = element("span", resource.extendedProps.head ? "pd-res is-head" : "pd-res", "");
        label.append(element("b", "", resource.title));
        if (resource.extendedProps.sub) label.append(element("small", "", resource.extendedProps.sub));
        return { domNodes: [label] };
      };
    }
    plain(box);
    const calendar = EventCalendar.create(box, options);
    if (rooms) {
      const hours = Math.min(HOURS_A_DAY, parseInt(until, 10)) - parseInt(from, 10);
      const slots = DAYS * Math.ceil(hours / SLOT_HOURS);
      const fit = () => {
        const names = box.querySelector(".ec-row-head")?.offsetWidth || 120;
        calendar.setOption("slotWidth", Math.max(NARROWEST_SLOT, Math.floor(((box.clientWidth - names - 2) / slots) * 20) / 20));
      };
      requestAnimationFrame(fit);
      window.addEventListener("resize", fit);
    }
  }

  document.querySelectorAll("[data-calendar]").forEach(draw);
  document.querySelectorAll("form[data-narrow]").forEach((form) => form.addEventListener("change", () => form.requestSubmit()));
})();
