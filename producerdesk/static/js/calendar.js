/* What can be done to the calendar's sessions, whatever the gesture: moved, taken back, what is in the way shown.
   The server draws every grid; this script sends what the forms send and draws the page's live part anew.
   <div data-calendar-live><div data-calendar data-kind="hours|line|month">, sessions: [data-ev] with data-starts and
   data-ends as they are drawn, data-first and data-last on the session's own clock where that differs, data-version. */
(function () {
  "use strict";
  const live = document.querySelector("[data-calendar-live]");
  if (!live) return;
  const words = JSON.parse(document.getElementById("calendar-texts").textContent);
  const MINUTE = 60000;
  const DAY = 24 * 60 * MINUTE;
  const said = document.getElementById("cal-said");

  /* --- wall time: text without a zone, counted as if it were UTC --- */
  const ms = (text) => Date.parse(`${text}Z`);
  const wall = (at) => new Date(at).toISOString().slice(0, 16);
  const clock = (at) => wall(at).slice(11);
  const day = (at) => new Date(at).toLocaleDateString(document.documentElement.lang || undefined, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
  const span = (starts, ends) => `${day(starts)}, ${clock(starts)} – ${clock(ends)}`;
  const fill = (text, value) => text.replace("%s", value);
  const grid = () => live.querySelector("[data-calendar]");
  const tell = (text) => { said.textContent = text; };

  function make(tag, text, name) {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    if (name) made.className = name;
    return made;
  }

  /* What a drawn session is: on its own clock from `first` to `last`, drawn from `starts` to `ends`. */
  function read(element) {
    const data = element.dataset;
    return {
      id: data.ev, title: element.querySelector("b").textContent, version: data.version,
      starts: ms(data.starts), ends: ms(data.ends), first: ms(data.first || data.starts), last: ms(data.last || data.ends),
      room: data.room || "", place: data.place || "", zone: data.zone || "", outside: "outside" in data, startsFold: data.startsFold || "", endsFold: data.endsFold || "",
    };
  }

  /* The server drew it all; take its newest drawing, and keep the focus on the same session or day. */
  async function redraw(focus) {
    const active = document.activeElement;
    const back = focus || active?.closest?.("[data-ev]")?.dataset.ev;
    const head = active?.dataset?.head;
    const inside = live.contains(active);
    const row = active?.closest?.("[data-row]")?.dataset.row; // whoever plays twice has a bar in two lines
    // as it is seen here: another window may have chosen another view since
    const url = new URL(location.href);
    new URLSearchParams(live.dataset.seen).forEach((value, name) => url.searchParams.set(name, value));
    let fresh;
    try {
      const response = await fetch(url, { credentials: "same-origin" });
      if (!response.ok) return;
      fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-calendar-live]");
    } catch { return; }
    if (!fresh) return;
    const wide = live.querySelector(".pd-cal--wide")?.scrollLeft;
    live.replaceChildren(...[...fresh.childNodes].map((node) => document.adoptNode(node)));
    if (wide) live.querySelector(".pd-cal--wide").scrollLeft = wide;
    const there = `[data-ev="${back}"] a`;
    const element = (back && (live.querySelector(`[data-row="${row}"] ${there}`) || live.querySelector(there))) || (head && live.querySelector(`[data-head="${head}"]`));
    // what was moved out of sight leaves its reader in the calendar
    (element || (inside && live.querySelector("[data-head]")))?.focus({ preventScroll: true });
  }

  /* --- moving: the same action as the form's, with the version that was seen --- */
  function typed(plan) {
    const data = {
      day: wall(plan.first).slice(0, 10), starts: clock(plan.first), ends: clock(plan.last),
      ends_on: wall(plan.last).slice(0, 10), outside_hours: String(plan.outside), starts_fold: plan.startsFold, ends_fold: plan.endsFold,
    };
    if (plan.elsewhere) return { ...data, room: "", remote_place: plan.place, time_zone: plan.zone };
    return plan.newRoom ? { ...data, room: plan.newRoom } : data;
  }
  async function send(session, plan) {
    const url = `/api/v1/sessions/${session.id}/move/`;
    return window.desk.post(url, typed(plan), { headers: { "If-Match": `"${session.version}"` } });
  }

  /* Bring a session to its new place. `ghost` stands there meanwhile; refused, it says why where it stands. */
  async function move(session, to, ghost, agreed) {
    const plan = {
      first: session.first + to.starts - session.starts, last: session.last + to.ends - session.ends,
      outside: session.outside || Boolean(agreed), startsFold: "", endsFold: "", newRoom: to.room && to.room !== session.room ? to.room : "",
    };
    const element = live.querySelector(`[data-ev="${session.id}"]`);
    element?.classList.add("is-sending");
    const answer = await send(session, plan);
    element?.classList.remove("is-sending");
    if (answer.ok) {
      ghost?.clear();
      await redraw(session.id);
      return moved(session, plan, answer.data);
    }
    if (answer.status === 412) {
      ghost?.clear();
      await redraw(session.id);
      return window.desk.toast(words.changed, { stays: true });
    }
    if (answer.status === 409 && answer.data.clashes?.length) return inTheWay(session, plan, to, answer.data, ghost);
    ghost?.clear();
    return refused(session, answer);
  }
  function moved(session, plan, now) {
    const resized = plan.first === session.first || plan.last === session.last;
    const text = [fill(resized && !plan.newRoom ? words.resized : words.moved, span(plan.first, plan.last))];
    if (now.calls?.length && now.state === "confirmed") text.push(words.asked);
    // what stood outside of opening hours stands there again, and what was elsewhere is there again by its own clock
    const before = { ...session, newRoom: plan.newRoom ? session.room : "", elsewhere: Boolean(plan.newRoom && !session.room) };
    const undo = () => takeBack({ ...session, version: now.version }, before);
    tell(text.join(" "));
    window.desk.toast(text.join(" "), { undo });
  }
  async function takeBack(session, before) {
    const answer = await send(session, before);
    await redraw(session.id);
    if (answer.ok) return window.desk.toast(words.back);
    return refused(session, answer);
  }
  function refused(session, answer) {
    const why = Object.values(answer.data.fields || {}).flat().join(" ") || answer.data.detail || "";
    tell(`${words.notMoved}. ${why}`);
    window.desk.toast(`${words.notMoved}. ${why}`, { stays: true });
    live.querySelector(`[data-ev="${session.id}"] a`)?.focus();
  }

  /* --- 409: what is in the way, in place --- */
  function list(clashes) {
    const items = make("ul");
    items.append(...clashes.map((clash) => make("li", clash.text)));
    return items;
  }
  function free(spans, take) {
    const box = make("div", "", "pd-cal-free");
    spans.forEach((each) => {
      const button = make("button", span(ms(each.starts_local), ms(each.ends_local)), "btn btn-s");
      button.type = "button";
      button.addEventListener("click", () => take(each));
      box.append(button);
    });
    return box;
  }
  function inTheWay(session, plan, to, data, ghost) {
    live.querySelector(".pd-cal-clash")?.remove();
    const panel = make("section", "", "pd-cal-clash");
    panel.setAttribute("role", "alertdialog");
    panel.setAttribute("aria-labelledby", "cal-clash-title");
    const title = make("h2", data.clashes[0].closed ? words.closed : words.taken);
    title.id = "cal-clash-title";
    panel.append(title, list(data.clashes));
    const marked = data.clashes.flatMap((clash) => [...live.querySelectorAll(`[data-ev="${clash.session}"]`)]);
    marked.forEach((each) => each.classList.add("is-clash"));
    ghost?.refuse();
    function shut() {
      panel.remove();
      ghost?.clear();
      marked.forEach((each) => each.classList.remove("is-clash"));
      live.querySelector(`[data-ev="${session.id}"] a`)?.focus();
    }
    if (data.free?.length) {
      panel.append(make("h3", words.free), free(data.free, (each) => {
        shut();
        // from the session's own clock to the one that is drawn
        const by = { starts: session.starts - session.first, ends: session.ends - session.last };
        move(session, { starts: ms(each.starts_local) + by.starts, ends: ms(each.ends_local) + by.ends, room: plan.newRoom });
      }));
    }
    const foot = make("footer");
    if (data.clashes.every((clash) => clash.closed)) {
      const agreed = make("button", words.agreed, "btn btn-s");
      agreed.type = "button";
      agreed.addEventListener("click", () => { shut(); move(session, to, null, true); });
      foot.append(agreed);
    }
    const form = make("a", words.form, "btn btn-s");
    form.href = `/sessions/${session.id}/move/`;
    const leave = make("button", words.leave, "btn btn-s btn-primary");
    leave.type = "button";
    leave.addEventListener("click", shut);
    foot.append(form, leave);
    panel.append(foot);
    panel.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); shut(); } });
    stand(panel, ghost);
    leave.focus({ preventScroll: true });
    panel.scrollIntoView({ block: "nearest" });
  }
  /* Beside the ghost if there is room, inside of what is seen. */
  function stand(panel, ghost) {
    const root = grid();
    root.append(panel);
    const box = root.getBoundingClientRect();
    const at = ghost?.box() || root.getBoundingClientRect();
    const right = at.right - box.left + 8;
    const left = right + panel.offsetWidth <= box.width ? right : Math.max(8, at.left - box.left - panel.offsetWidth - 8);
    panel.style.left = `${Math.min(left, Math.max(8, box.width - panel.offsetWidth - 8))}px`;
    panel.style.top = `${Math.max(8, at.top - box.top)}px`;
  }

  document.querySelectorAll("form[data-narrow]").forEach((form) => form.addEventListener("change", () => form.requestSubmit()));
  window.deskCalendar = { live, grid, read, redraw, move, refused, list, free, tell, words, fill, make, ms, wall, clock, day, span, MINUTE, DAY };
})();
