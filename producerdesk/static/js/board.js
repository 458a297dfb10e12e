/* The board: cards move by pointer, by their button, or by Alt and the arrows. The server decides; a refused card goes back.
   <div data-board data-url-template="/projects/__id__/stage/" data-field="stage"> lanes: data-lane, data-lane-name;
   cards: data-card, data-title, data-etag (the version that If-Match names), their place: data-lane-cards. */
(function () {
  "use strict";
  const STEP_PX = 6; // a shorter way is a press, not a drag
  const HOLD_MS = 280; // a finger rests this long before it drags, so that scrolling stays scrolling
  const say = (...args) => window.desk.text(...args);

  function board(root) {
    const lanes = [...root.querySelectorAll("[data-lane]")];
    const laneOf = (card) => card.closest("[data-lane]");
    let drag = null;

    function count() {
      lanes.forEach((lane) => {
        const shown = lane.querySelector("[data-lane-count]");
        if (shown) shown.textContent = lane.querySelectorAll(".pd-card").length + Number(shown.dataset.beyond || 0) + (shown.dataset.more || "");
      });
    }

    async function move(card, lane, { undoable = true } = {}) {
      const from = laneOf(card);
      if (!lane || lane === from) return;
      const before = card.nextElementSibling;
      const focused = card.contains(document.activeElement);
      lane.querySelector("[data-lane-cards]").prepend(card);
      if (focused) card.querySelector("a, button").focus();
      count();
      card.classList.add("is-sending");
      const headers = card.dataset.etag ? { "If-Match": card.dataset.etag } : {};
      const data = { [root.dataset.field || "stage"]: lane.dataset.lane };
      const answer = await window.desk.post(root.dataset.urlTemplate.replace("__id__", card.dataset.card), data, { headers });
      card.classList.remove("is-sending");
      if (!answer.ok) {
        const stillHere = card.contains(document.activeElement);
        from.querySelector("[data-lane-cards]").insertBefore(card, before);
        if (stillHere) card.querySelector("a, button").focus();
        count();
        return window.desk.toast(say("notMoved", reason(answer)), { stays: true });
      }
      if (answer.data.etag) card.dataset.etag = answer.data.etag;
      else if (answer.data.version) card.dataset.etag = `"${answer.data.version}"`;
      const undo = undoable ? () => move(card, from, { undoable: false }) : undefined;
      window.desk.toast(say("moved", lane.dataset.laneName), { undo });
    }
    function reason(answer) {
      return Object.values(answer.data.fields || {}).flat().join(" ") || answer.data.detail || "";
    }

    /* --- by pointer --- */
    function lift(card, event) {
      const box = card.getBoundingClientRect();
      const ghost = card.cloneNode(true);
      ghost.classList.add("pd-card-ghost");
      ghost.setAttribute("aria-hidden", "true");
      // set through the object model: the content security policy refuses only styles in the page's text
      ghost.style.width = `${box.width}px`;
      drag.dx = event.clientX - box.left;
      drag.dy = event.clientY - box.top;
      drag.ghost = ghost;
      card.classList.add("is-dragged");
      document.body.append(ghost);
      root.classList.add("is-dragging");
      follow(event);
    }
    function follow(event) {
      drag.ghost.style.left = `${event.clientX - drag.dx}px`;
      drag.ghost.style.top = `${event.clientY - drag.dy}px`;
      const under = document.elementFromPoint(event.clientX, event.clientY);
      drag.lane = under?.closest("[data-lane]") || null;
      lanes.forEach((lane) => lane.classList.toggle("is-over", lane === drag.lane && lane !== laneOf(drag.card)));
      const edge = root.getBoundingClientRect();
      if (event.clientX > edge.right - 40) root.scrollBy(12, 0);
      if (event.clientX < edge.left + 40) root.scrollBy(-12, 0);
    }
    function drop(apply) {
      if (!drag) return;
      const { card, ghost, lane, timer } = drag;
      clearTimeout(timer);
      drag = null;
      if (!ghost) return;
      ghost.remove();
      card.classList.remove("is-dragged");
      root.classList.remove("is-dragging");
      lanes.forEach((each) => each.classList.remove("is-over"));
      root.addEventListener("click", (event) => event.preventDefault(), { capture: true, once: true });
      setTimeout(() => root.dispatchEvent(new MouseEvent("click")), 0); // takes the guard away if no click followed
      if (apply) move(card, lane);
    }
    root.addEventListener("pointerdown", function (event) {
      const card = event.target.closest("[data-card]");
      if (!card || event.button || event.target.closest("button, summary, .pd-menu-list")) return;
      drag = { card, x: event.clientX, y: event.clientY, pointer: event.pointerId, touch: event.pointerType === "touch" };
      if (drag.touch) drag.timer = setTimeout(() => drag && lift(card, event), HOLD_MS);
    });
    window.addEventListener("pointermove", function (event) {
      if (!drag || event.pointerId !== drag.pointer) return;
      const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > STEP_PX;
      if (drag.ghost) follow(event);
      else if (far && drag.touch) drop(false);
      else if (far) lift(drag.card, event);
    });
    window.addEventListener("pointerup", () => drop(true));
    window.addEventListener("pointercancel", () => drop(false));
    root.addEventListener("touchmove", (event) => { if (drag?.ghost) event.preventDefault(); }, { passive: false });
    root.addEventListener("dragstart", (event) => event.preventDefault());

    /* --- by keyboard --- */
    root.addEventListener("keydown", function (event) {
      if (event.key === "Escape") return drop(false);
      const card = event.target.closest("[data-card]");
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!card || !event.altKey || !step) return;
      event.preventDefault();
      move(card, lanes[lanes.indexOf(laneOf(card)) + step]);
    });

    /* --- by the card's button --- */
    root.addEventListener("click", function (event) {
      const button = event.target.closest("[data-card-move]");
      if (!button) return;
      event.preventDefault();
      const open = button.nextElementSibling?.matches("[data-move-menu]");
      root.querySelectorAll("[data-move-menu]").forEach(shut);
      if (!open) offer(button, button.closest("[data-card]"));
    });
    function shut(menu) {
      menu.previousElementSibling?.setAttribute("aria-expanded", "false");
      menu.remove();
    }
    function offer(button, card) {
      const menu = document.createElement("div");
      menu.className = "pd-menu-list";
      menu.dataset.moveMenu = menu.dataset.choices = "";
      menu.setAttribute("role", "group");
      menu.setAttribute("aria-label", say("moveTo"));
      lanes.filter((lane) => lane !== laneOf(card)).forEach((lane) => {
        const choice = document.createElement("button");
        choice.type = "button";
        choice.textContent = lane.dataset.laneName;
        choice.addEventListener("click", () => { button.focus(); shut(menu); move(card, lane); });
        menu.append(choice);
      });
      button.after(menu);
      const at = button.getBoundingClientRect();
      menu.style.top = `${Math.max(8, Math.min(at.bottom + 4, innerHeight - menu.offsetHeight - 8))}px`;
      menu.style.left = `${Math.max(root.getBoundingClientRect().left, Math.min(at.right - menu.offsetWidth, innerWidth - menu.offsetWidth - 8))}px`;
      button.setAttribute("aria-expanded", "true");
      menu.querySelector("button")?.focus();
      menu.addEventListener("keydown", (key) => {
        if (key.key !== "Escape") return;
        shut(menu);
        button.focus();
      });
      menu.addEventListener("focusout", (away) => {
        if (away.relatedTarget && away.relatedTarget !== button && !menu.contains(away.relatedTarget)) shut(menu);
      });
    }
    window.addEventListener("scroll", () => root.querySelectorAll("[data-move-menu]").forEach(shut), { capture: true, passive: true });
    document.addEventListener("click", (event) => {
      if (!event.target.closest("[data-card-move], [data-move-menu]")) root.querySelectorAll("[data-move-menu]").forEach(shut);
    });
  }

  document.querySelectorAll("[data-board]").forEach(board);
})();
