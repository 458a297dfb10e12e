/* Gestures on the calendar: sessions dragged, their edges drawn, empty time drawn to book; and all of it by keys.
   Everything snaps to a quarter of an hour. What is done with it stands in calendar.js. */
(function () {
  "use strict";
  const cal = window.deskCalendar;
  if (!cal) return;
  const { live, ms, wall, clock, MINUTE, DAY } = cal;
  const SNAP = 15 * MINUTE;
  const SHORTEST = SNAP;
  const STEP_PX = 5; // a shorter way is a press, not a drag
  const HOLD_MS = 320; // a finger rests this long before it drags, so that scrolling stays scrolling
  const EDGE_PX = 36; // so near to an edge the page scrolls along
  const USUAL = 8 * 60 * MINUTE; // how long a session is that somebody draws by a press
  const AFTER = 2 * 60 * MINUTE; // and one that is booked after another
  const MORNING = 10 * 60 * MINUTE;
  const NOW_MS = 30000;

  const snap = (at) => Math.round(at / SNAP) * SNAP;
  const number = (root, name) => parseInt(getComputedStyle(root).getPropertyValue(name), 10);
  const inside = (box, x, y) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
  const midnight = (text) => ms(`${text}T00:00`);

  /* --- where a moment is on the grid, and which moment a point is --- */
  const KINDS = {
    hours: {
      cells: (root) => [...root.querySelectorAll(".pd-hg-day")],
      at(root, cell, x, y) {
        const box = cell.getBoundingClientRect();
        const minutes = number(root, "--from") * 60 + ((y - box.top) / box.height) * number(root, "--hrs") * 60;
        return midnight(cell.dataset.day) + minutes * MINUTE;
      },
      pick: (cells, x) => cells.find((cell) => x <= cell.getBoundingClientRect().right) || cells.at(-1),
      /* One part for each day that shows some of it: [element, start, length], as shares of the day's height. */
      parts(root, starts, ends) {
        const [from, length] = [number(root, "--from") * 60 * MINUTE, number(root, "--hrs") * 60 * MINUTE];
        return KINDS.hours.cells(root).map((cell) => {
          const opens = midnight(cell.dataset.day) + from;
          const [a, z] = [Math.max(starts, opens), Math.min(ends, opens + length)];
          return [cell, (a - opens) / length, (z - a) / length];
        }).filter(([, , share]) => share > 0);
      },
    },
    line: {
      cells: (root) => [...root.querySelectorAll(".pd-tl-track")],
      at(root, cell, x) {
        const box = cell.getBoundingClientRect();
        const [days, hours] = [number(root, "--days"), number(root, "--hrs")];
        const share = Math.min(Math.max((x - box.left) / box.width, 0), 0.9999) * days;
        const whole = Math.floor(share);
        return midnight(root.dataset.first) + whole * DAY + (number(root, "--from") * 60 + (share - whole) * hours * 60) * MINUTE;
      },
      pick: (cells, x, y) => cells.find((cell) => y <= cell.getBoundingClientRect().bottom) || cells.at(-1),
      parts(root, starts, ends, cell) {
        const [days, hours, from] = [number(root, "--days"), number(root, "--hrs"), number(root, "--from") * 60 * MINUTE];
        const share = (at) => {
          const past = at - midnight(root.dataset.first);
          const whole = days === 1 ? 0 : Math.floor(past / DAY);
          return (whole + Math.min(Math.max((past - whole * DAY - from) / (hours * 60 * MINUTE), 0), 1)) / days;
        };
        const [a, z] = [Math.max(0, share(starts)), Math.min(1, share(ends))];
        return z > a ? [[cell, a, z - a]] : [];
      },
    },
    month: {
      cells: (root) => [...root.querySelectorAll(".pd-mo-day")],
      at: (root, cell) => midnight(cell.dataset.day),
      pick: (cells, x, y) => cells.find((cell) => inside(cell.getBoundingClientRect(), x, y)),
      parts(root, starts, ends, over, until) {
        const [first, last] = [starts, until].map((at) => wall(at).slice(0, 10));
        return KINDS.month.cells(root).filter((cell) => cell.dataset.day >= first && cell.dataset.day <= last).map((cell) => [cell, 0, 1]);
      },
    },
  };
  const kindOf = (root) => KINDS[root.dataset.kind];
  const roomOf = (cell) => cell?.closest("[data-row]")?.dataset.room || "";

  /* What the line says that was drawn in: its room, person or item. */
  function drawnIn(cell) {
    const row = cell.closest("[data-row]");
    const [what, id] = (row?.dataset.row || "").split("-");
    const said = row?.dataset.clock; // a person's line has a clock of its own
    if (!id || what === "room") return { room: id || what, clock: said };
    return { room: "", clock: said, [what]: { id, name: row.querySelector(".pd-tl-name b").textContent } };
  }

  /* What is being drawn or moved, before the server has drawn it. */
  function ghost() {
    let shown = [];
    function clear() {
      shown.forEach((part) => part.remove());
      shown = [];
      live.querySelectorAll(".is-over").forEach((cell) => cell.classList.remove("is-over"));
    }
    function show(starts, ends, cell, title, until = starts) {
      clear();
      const root = cal.grid();
      const across = root.dataset.kind === "line";
      const parts = kindOf(root).parts(root, starts, ends, cell, until);
      if (!parts.length) away(starts, ends);
      parts.forEach(([element, from, share], turn) => {
        if (root.dataset.kind === "month") return element.classList.add("is-over");
        const part = cal.make("div", turn ? "" : `${clock(starts)} – ${clock(ends)}`, "pd-ghost");
        if (!turn && title) part.append(cal.make("small", title));
        part.setAttribute("aria-hidden", "true");
        // set through the object model: the content security policy refuses only styles in the page's text
        Object.assign(part.style, across
          ? { left: `${from * 100}%`, width: `${share * 100}%`, top: "2px", bottom: "2px" }
          : { top: `${from * 100}%`, height: `${share * 100}%`, left: "1px", right: "7px" });
        element.append(part);
        shown.push(part);
        return part;
      });
    }
    /* By keys it may leave what is seen: then it says where it is. */
    function away(starts, ends) {
      const part = cal.make("div", cal.span(starts, ends), "pd-ghost pd-ghost--away");
      part.setAttribute("aria-hidden", "true");
      cal.grid().append(part);
      shown.push(part);
    }
    const box = () => shown[0]?.getBoundingClientRect() || live.querySelector(".is-over")?.getBoundingClientRect();
    return { show, clear, box, refuse: () => shown.forEach((part) => part.classList.add("is-refused")) };
  }

  /* --- by pointer --- */
  let drag = null;
  function began(event) {
    const root = event.target.closest("[data-calendar]");
    if (!root || event.button || event.target.closest(".pd-cal-clash, .pd-hg-heads, .pd-mo-n, .pd-mo-more, .pd-tl-name, .pd-ev--more")) return null;
    const kind = kindOf(root);
    const element = event.target.closest("[data-ev]");
    const cell = element ? kind.cells(root).find((each) => each.contains(element)) : event.target.closest(".pd-hg-day, .pd-tl-track, .pd-mo-day");
    if (!cell) return null;
    const at = kind.at(root, cell, event.clientX, event.clientY);
    if (!element) return cal.open ? { root, kind, cell, at, how: "draw" } : null;
    if (!element.dataset.version) return null;
    return { root, kind, cell, at, element, session: cal.read(element), how: event.target.dataset.grip || "move" };
  }
  live.addEventListener("pointerdown", function (event) {
    if (drag) return drop(false);
    drag = began(event);
    if (!drag) return undefined;
    Object.assign(drag, { x: event.clientX, y: event.clientY, pointer: event.pointerId, touch: event.pointerType === "touch" });
    if (drag.touch) drag.timer = setTimeout(() => drag && lift(), HOLD_MS);
    return undefined;
  });
  function lift() {
    drag.ghost = ghost();
    drag.element?.classList.add("is-lifted");
    drag.root.classList.add("is-dragging");
  }
  function follow(event) {
    const { root, kind, session, how, at } = drag;
    const cells = kind.cells(root);
    const free = how === "move";
    const days = how === "draw" && root.dataset.kind === "month";
    const cell = (free || root.dataset.kind !== "line" ? kind.pick(cells, event.clientX, event.clientY) : drag.cell) || (days && drag.over) || drag.cell;
    // a person has no other line to be moved to
    drag.over = root.dataset.kind === "line" && (!free || !roomOf(cell)) ? drag.cell : cell;
    const here = kind.at(root, drag.over, event.clientX, event.clientY);
    const by = here - at;
    if (days) drag.to = { ...dayFrom(Math.min(at, here)), until: Math.max(at, here) + MORNING };
    else if (root.dataset.kind === "month") drag.to = { starts: session.starts + by, ends: session.ends + by };
    else if (how === "draw") drag.to = { starts: snap(Math.min(at, here)), ends: Math.max(snap(Math.max(at, here)), snap(Math.min(at, here)) + SHORTEST) };
    else if (how === "starts") drag.to = { starts: Math.min(snap(session.starts + by), session.ends - SHORTEST), ends: session.ends };
    else if (how === "ends") drag.to = { starts: session.starts, ends: Math.max(snap(session.ends + by), session.starts + SHORTEST) };
    else drag.to = { starts: snap(session.starts + by), ends: snap(session.starts + by) + session.ends - session.starts };
    drag.to.room = roomOf(drag.over);
    drag.ghost.show(drag.to.starts, drag.to.ends, drag.over, session?.title || "", drag.to.until);
    scroll(event);
  }
  /* The hours that a day without hours stands for. */
  const dayFrom = (at) => ({ starts: at + MORNING, ends: at + MORNING + USUAL });
  function scroll(event) {
    if (event.clientY < EDGE_PX) window.scrollBy(0, -14);
    if (event.clientY > innerHeight - EDGE_PX) window.scrollBy(0, 14);
    const wide = live.querySelector(".pd-cal--wide");
    const box = wide?.getBoundingClientRect();
    if (box && event.clientX > box.right - EDGE_PX) wide.scrollBy(16, 0);
    if (box && event.clientX < box.left + EDGE_PX) wide.scrollBy(-16, 0);
  }
  function drop(apply) {
    if (!drag) return;
    const { root, element, session, to, how, timer, cell, at } = drag;
    const shown = drag.ghost;
    clearTimeout(timer);
    drag = null;
    root.classList.remove("is-dragging");
    element?.classList.remove("is-lifted");
    if (shown) {
      live.addEventListener("click", (event) => { event.preventDefault(); event.stopPropagation(); }, { capture: true, once: true });
      setTimeout(() => live.dispatchEvent(new MouseEvent("click", { cancelable: true })), 0); // takes the guard away if no click followed
    }
    if (!apply) return void shown?.clear();
    if (how === "draw" && !to) {
      shown?.clear();
      return press(root, cell, at);
    }
    if (!shown || !to) return void shown?.clear();
    if (how === "draw") return cal.open({ ...to, ...drawnIn(cell) }, shown.clear);
    if (to.starts === session.starts && to.ends === session.ends && (!to.room || to.room === session.room)) return void shown.clear();
    cal.move(session, to, shown);
  }
  /* A press on empty time takes the half hour that was pressed, for as long as a session is. */
  function press(root, cell, at) {
    const starts = root.dataset.kind === "month" ? at + MORNING : Math.floor(at / (30 * MINUTE)) * 30 * MINUTE;
    const to = { starts, ends: starts + USUAL, ...drawnIn(cell) };
    const shown = ghost();
    shown.show(to.starts, to.ends, cell, "");
    cal.open(to, shown.clear);
  }
  window.addEventListener("pointermove", function (event) {
    if (!drag || event.pointerId !== drag.pointer) return;
    const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > STEP_PX;
    if (drag.ghost) follow(event);
    else if (far && drag.touch) drop(false);
    else if (far) { lift(); follow(event); }
  });
  window.addEventListener("pointerup", (event) => { if (drag && event.pointerId === drag.pointer) drop(!drag.touch || Boolean(drag.ghost)); });
  window.addEventListener("pointercancel", () => drop(false));
  live.addEventListener("touchmove", (event) => { if (drag?.ghost) event.preventDefault(); }, { passive: false });
  live.addEventListener("dragstart", (event) => event.preventDefault());

  /* --- by keys --- */
  let moving = null;
  const stops = (cell) => [...cell.querySelectorAll("[data-ev] > a")];
  const headOf = (root, cell) => (cell.matches(".pd-tl-track") ? cell : root.querySelector(`a[data-head="${cell.dataset.day}"]`));
  function cellOf(root, element) {
    const cells = kindOf(root).cells(root);
    return cells.find((cell) => cell === element || cell.contains(element)) || cells.find((cell) => cell.dataset.day === element.dataset.head);
  }
  /* The session of another day or line that is nearest in time; one without any by its head. */
  function nearest(root, cell, at) {
    const time = (moment) => (root.dataset.kind === "line" ? moment : moment % DAY); // along a line days count, too
    const found = stops(cell).map((link) => [Math.abs(time(ms(link.parentElement.dataset.starts)) - time(at)), link]);
    return found.sort((one, other) => one[0] - other[0])[0]?.[1] || headOf(root, cell);
  }
  function walk(root, active, key) {
    const kind = root.dataset.kind;
    const cells = kindOf(root).cells(root);
    const cell = cellOf(root, active);
    const along = { hours: ["ArrowUp", "ArrowDown"], line: ["ArrowLeft", "ArrowRight"], month: ["ArrowUp", "ArrowDown"] }[kind];
    const at = ms(active.closest("[data-ev]")?.dataset.starts || "2000-01-01T10:00");
    if (along.includes(key)) {
      const list = [headOf(root, cell), ...stops(cell)];
      const next = list[list.indexOf(active) + (key === along[1] ? 1 : -1)];
      if (next || kind !== "month") return next;
      const other = cells[cells.indexOf(cell) + (key === along[1] ? 7 : -7)];
      return other && (key === along[1] ? headOf(root, other) : stops(other).at(-1) || headOf(root, other));
    }
    const other = cells[cells.indexOf(cell) + (key === "ArrowRight" || key === "ArrowDown" ? 1 : -1)];
    return other && nearest(root, other, at);
  }
  function begin(root, element) {
    moving = { session: cal.read(element), cell: cellOf(root, element), ghost: ghost(), root, element };
    Object.assign(moving, { starts: moving.session.starts, ends: moving.session.ends });
    element.classList.add("is-lifted");
    cal.tell(cal.fill(cal.words.moving, moving.session.title));
    moving.ghost.show(moving.starts, moving.ends, moving.cell, moving.session.title);
  }
  function shift(key, end) {
    const kind = moving.root.dataset.kind;
    const rows = kindOf(moving.root).cells(moving.root);
    const [fine, coarse] = { hours: [["ArrowUp", "ArrowDown"], ["ArrowLeft", "ArrowRight"]], line: [["ArrowLeft", "ArrowRight"], []], month: [[], ["ArrowLeft", "ArrowRight"]] }[kind];
    const sign = ["ArrowDown", "ArrowRight", "PageDown"].includes(key) ? 1 : -1;
    let by = fine.includes(key) ? sign * SNAP : coarse.includes(key) ? sign * DAY : 0;
    if (key.startsWith("Page")) by = sign * (kind === "line" ? DAY : 7 * DAY);
    if (kind === "month" && !by) by = sign * 7 * DAY;
    if (end && kind !== "month") moving.ends = Math.max(moving.starts + SHORTEST, moving.ends + by);
    else { moving.starts += by; moving.ends += by; }
    if (kind === "line" && !by) {
      const next = rows[rows.indexOf(moving.cell) + sign];
      if (next && roomOf(next)) moving.cell = next;
    }
    moving.ghost.show(moving.starts, moving.ends, moving.cell, moving.session.title);
    const row = moving.cell.closest("[data-row]")?.querySelector(".pd-tl-name b")?.textContent;
    cal.tell([cal.span(moving.starts, moving.ends), row].filter(Boolean).join(", "));
  }
  function end(save) {
    const { session, starts, ends, cell, ghost: shown, element } = moving;
    moving = null;
    element.classList.remove("is-lifted");
    const room = roomOf(cell);
    const same = starts === session.starts && ends === session.ends && (!room || room === session.room);
    if (save && !same) return cal.move(session, { starts, ends, room }, shown);
    shown.clear();
    return cal.tell(save ? cal.words.nothingChanged : cal.words.left);
  }
  function bookAt(root, active) {
    const element = active.closest("[data-ev]");
    const cell = cellOf(root, active);
    const day = cell.dataset.day || root.dataset.today || root.dataset.first;
    const starts = element ? ms(element.dataset.ends) : midnight(day) + MORNING;
    const row = drawnIn(cell);
    cal.open({ starts, ends: starts + (element ? AFTER : USUAL), ...row, room: row.room || element?.dataset.room || "" }, () => active.focus());
  }
  live.addEventListener("keydown", function (event) {
    const root = event.target.closest("[data-calendar]");
    if (!root || event.ctrlKey || event.metaKey || event.altKey || event.target.closest(".pd-cal-clash")) return;
    const active = event.target.closest("[data-ev] > a, [data-head]");
    if (!active) return;
    const arrow = event.key.startsWith("Arrow");
    if (moving) {
      if (arrow || event.key.startsWith("Page")) shift(event.key, event.shiftKey);
      else if (event.key === "Enter" || event.key === "Escape") end(event.key === "Enter");
      else if (event.key === "Tab") return end(false);
      event.preventDefault();
      return event.stopPropagation();
    }
    const keys = window.desk.keysOn();
    const element = active.closest("[data-ev]");
    if (arrow) {
      const next = walk(root, active, event.key);
      if (!next) return;
      next.focus();
      next.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else if (keys && event.key === "m" && element?.dataset.version) begin(root, element);
    else if (keys && (event.key === "b" || event.key === "n") && cal.open) bookAt(root, active);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  /* Who goes elsewhere meanwhile has left it. */
  live.addEventListener("focusout", (event) => { if (moving?.element.contains(event.target)) end(false); });

  /* A key of a view, or the first arrow: into the calendar, to today's first session. */
  let jumpAt = 0; // "g" begins the keys of the frame
  document.addEventListener("keydown", function (event) {
    if (drag?.ghost && event.key === "Escape") return drop(false);
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || !window.desk.keysOn()) return undefined;
    if (window.desk.inField(event.target) || document.querySelector("dialog[open]") || Date.now() - jumpAt < 1200) return undefined;
    jumpAt = event.key === "g" ? Date.now() : 0;
    const link = /^[a-z]$/.test(event.key) && document.querySelector(`[data-view-key="${event.key}"]`);
    if (link) link.click();
    else if (event.key.startsWith("Arrow") && [document.body, document.getElementById("main")].includes(document.activeElement)) {
      const root = cal.grid();
      const first = root?.checkVisibility() && (root.querySelector(".is-today [data-ev] > a, .is-today[data-head], .is-today [data-head]") || root.querySelector("[data-ev] > a, [data-head]"));
      if (!first) return undefined;
      event.preventDefault();
      first.focus();
    }
    return undefined;
  });

  /* --- now goes on --- */
  let last = Date.now();
  setInterval(function () {
    const by = Date.now() - last;
    last = Date.now();
    live.querySelectorAll("[data-now]").forEach((line) => {
      const style = getComputedStyle(line);
      const minute = parseInt(style.getPropertyValue("--ah"), 10) * 60 + parseFloat(style.getPropertyValue("--am")) + by / MINUTE;
      line.style.setProperty("--ah", String(Math.floor(minute / 60)));
      line.style.setProperty("--am", String(minute % 60));
    });
  }, NOW_MS);
})();
