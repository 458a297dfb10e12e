/* Songs of a project: the matrix by arrows, a stage by its menu, the order by buttons, a title added in one line.
   Every change is a form that works without this script; here it is sent in place, said aloud, and can be taken back.
   <section data-songs> is fetched anew after a change and put in the old one's place. */
(function () {
  "use strict";
  const say = (...args) => window.desk.text(...args);
  const section = () => document.querySelector("[data-songs]");
  let menu = null;

  /* --- fetch the section as it stands now, and keep the focus where it was --- */
  async function refresh(focus) {
    const response = await fetch(location.href, { credentials: "same-origin" });
    if (!response.ok) return location.reload();
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("[data-songs]");
    if (!fresh) return location.reload();
    section().replaceWith(document.adoptNode(fresh));
    document.querySelectorAll(".pd-tabbar, .pd-head .pd-meta").forEach((old) => {
      const now = page.querySelector(`.${old.classList[0]}`);
      if (now) old.replaceWith(document.adoptNode(now));
    });
    enter();
    const target = focus?.map((selector) => section().querySelector(selector)).find(Boolean);
    if (target) (target.disabled ? target.parentElement.querySelector("button:not(:disabled)") : target)?.focus();
  }
  const reason = (answer) => Object.values(answer.data.fields || {}).flat().join(" ") || answer.data.detail || "";

  /* --- the matrix: one stop for Tab, arrows within --- */
  const rows = () => [...document.querySelectorAll("[data-matrix] tbody tr")];
  const cells = (row) => [...row.querySelectorAll("[data-cell]")].filter((cell) => cell.offsetParent);
  function enter() {
    const all = [...document.querySelectorAll("[data-cell]")];
    if (!all.some((cell) => cell.tabIndex === 0 && cell.dataset.entered)) {
      all.forEach((cell) => { cell.tabIndex = -1; cell.setAttribute("aria-haspopup", "menu"); });
      const first = document.querySelector("[data-cell].is-late, [data-cell].is-now") || all[0];
      if (first) stop(first);
    }
  }
  function stop(cell) {
    document.querySelectorAll("[data-cell]").forEach((each) => { each.tabIndex = -1; delete each.dataset.entered; });
    cell.tabIndex = 0;
    cell.dataset.entered = "";
  }
  function go(cell, event) {
    const row = cell.closest("tr");
    const at = cells(row).indexOf(cell);
    const line = rows().indexOf(row);
    const to = {
      ArrowRight: () => cells(row)[at + 1],
      ArrowLeft: () => cells(row)[at - 1],
      ArrowDown: () => beside(line + 1, at),
      ArrowUp: () => beside(line - 1, at),
      Home: () => cells(row)[0],
      End: () => cells(row).at(-1),
    }[event.key];
    if (!to || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const next = to();
    if (next) {
      stop(next);
      next.focus();
    }
  }
  function beside(line, at) {
    const row = rows()[line];
    if (!row) return null;
    const found = cells(row);
    return found[Math.min(at, found.length - 1)] || beside(line + (line > 0 ? 1 : -1), at);
  }

  /* --- the menu of a cell: the seven stages --- */
  function shut(back) {
    if (!menu) return;
    const { list, cell } = menu;
    menu = null;
    list.remove();
    cell.removeAttribute("aria-expanded");
    if (back) cell.focus();
  }
  function open(cell) {
    shut(false);
    const list = document.getElementById("stage-choices").content.firstElementChild.cloneNode(true);
    const row = cell.closest("tr");
    list.setAttribute("aria-label", row.dataset.title);
    document.body.append(list);
    list.querySelectorAll("button").forEach((choice) => {
      choice.setAttribute("aria-checked", String(choice.dataset.value === row.dataset.stage));
    });
    place(list, cell);
    cell.setAttribute("aria-expanded", "true");
    menu = { list, cell };
    (list.querySelector(`[data-value="${cell.value}"]`) || list.firstElementChild).focus();
  }
  function place(list, cell) {
    // set through the object model: the content security policy refuses only styles in the page's text
    const box = cell.getBoundingClientRect();
    const below = box.bottom + 4 + list.offsetHeight < innerHeight;
    Object.assign(list.style, {
      position: "fixed",
      right: "auto",
      left: `${Math.max(8, Math.min(box.left, innerWidth - list.offsetWidth - 8))}px`,
      top: `${below ? box.bottom + 4 : Math.max(8, box.top - 4 - list.offsetHeight)}px`,
    });
  }
  function within(event) {
    if (event.key !== "Escape" && event.key !== "Tab") return; // arrows are every menu's (shell.js)
    event.preventDefault();
    shut(true);
  }
  async function setStage(url, row, stage) {
    const { song, stage: before } = row.dataset;
    if (stage === before) return;
    row.classList.add("is-sending");
    const answer = await window.desk.post(url, { stage });
    if (!answer.ok) {
      row.classList.remove("is-sending");
      return window.desk.toast(say("notMoved", reason(answer)), { stays: true });
    }
    const shown = `tr[data-song="${song}"] [data-cell]`;
    await refresh([`${shown}[value="${stage}"]`, `${shown}.is-now`, shown]);
    const undo = () => setStage(url, section().querySelector(`tr[data-song="${song}"]`), before);
    window.desk.toast(`${answer.data.title}: ${say("moved", word(stage))}`, { undo });
  }
  const word = (stage) => document.getElementById("stage-choices").content.querySelector(`[data-value="${stage}"]`).textContent.trim();

  /* --- the order --- */
  async function move(button) {
    const row = button.closest("tr");
    const { song, title } = row.dataset;
    const answer = await window.desk.post(button.formAction, { position: button.value });
    if (!answer.ok) return window.desk.toast(say("notMoved", reason(answer)), { stays: true });
    await refresh([`tr[data-song="${song}"] [data-move="${button.dataset.move}"]`]);
    const number = answer.data.position;
    window.desk.toast(section().dataset.movedText.replace("%(title)s", title).replace("%(number)s", number));
  }

  /* --- a title in one line --- */
  async function add(form) {
    if (form.dataset.sending) return; // pressed twice
    form.dataset.sending = "yes";
    const answer = await window.desk.post(form.action, new FormData(form));
    if (!answer.ok) return form.submit(); // the whole form says what is wrong
    form.elements.title.value = "";
    form.elements._once.value = crypto.randomUUID?.() || String(Math.random()); // the next title is another song
    delete form.dataset.sending;
    await refresh(["#add-title"]);
  }

  document.addEventListener("click", function (event) {
    const target = event.target instanceof Element ? event.target : null;
    const choice = target?.closest(".pd-stages [data-value]");
    if (choice && menu) {
      const { cell } = menu;
      shut(true);
      return setStage(cell.formAction, cell.closest("tr"), choice.dataset.value);
    }
    if (menu && !target?.closest(".pd-stages")) shut(false);
    const button = target?.closest("[data-cell], [data-move]");
    if (button) {
      event.preventDefault();
      if (button.matches("[data-move]")) move(button);
      else {
        stop(button);
        open(button);
      }
    }
    if (target?.closest("[data-opens]")) {
      event.preventDefault();
      document.getElementById("add-title").focus();
    }
  });
  document.addEventListener("keydown", function (event) {
    if (menu) return within(event);
    const cell = event.target instanceof Element && event.target.closest("[data-cell]");
    if (cell) return go(cell, event);
    const row = event.target instanceof Element && event.target.closest("tr[data-song]");
    if (row && event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
      const button = row.querySelector(`[data-move="${event.key === "ArrowUp" ? "up" : "down"}"]:not(:disabled)`);
      if (button) {
        event.preventDefault();
        move(button);
      }
    }
  });
  document.addEventListener("submit", function (event) {
    if (!event.target.matches("[data-add-song]")) return;
    event.preventDefault();
    add(event.target);
  }, { capture: true });
  document.addEventListener("scroll", () => shut(false), { capture: true, passive: true });

  enter();
})();
