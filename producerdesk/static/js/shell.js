/* The frame: menus, "jump to", the keys. Single letters work only outside fields and can be switched off. */
(function () {
  "use strict";
  const root = document.documentElement;
  const jump = document.getElementById("jump");
  const keys = document.getElementById("keys");
  const PLACES = { t: "today", p: "projects", c: "calendar", b: "budgets" };
  const SECOND_KEY_MS = 1200;
  const PAUSE_MS = 140; // between the last letter and the search: nobody searches for half a word
  const SHORTEST = 2;
  const FEW_KINDS = 3; // of more, the first of each are shown: the page of search has the rest
  const EACH_OF_MANY = 3;
  let waiting = 0;
  let asked = 0;
  let pause = 0;
  let moved = false; // whoever has chosen a line keeps it when more lines arrive
  let found = { q: "", rows: [] };

  const say = (...args) => window.desk.text(...args);
  // the field of a dialog that was closed this moment keeps the focus until the next frame: nobody types there
  const inField = (element) => element instanceof Element && !element.closest("dialog:not([open])")
    && element.closest("input, textarea, select, [contenteditable]");
  function keysOn() {
    if (document.body.dataset.keys === "off") return false;
    try { return localStorage.getItem("desk-keys") !== "off"; } catch { return true; }
  }

  /* --- menus close on Esc and on a press elsewhere --- */
  function closeMenus(except) {
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => { if (menu !== except) menu.open = false; });
  }
  document.addEventListener("click", (event) => { if (event.target.closest?.("[data-print]")) window.print(); });
  document.addEventListener("click", (event) => closeMenus(event.target instanceof Element ? event.target.closest("details[data-menu]") : null));
  document.addEventListener("focusin", function (event) {
    const menu = document.querySelector("details[data-menu][open]");
    if (menu && !menu.contains(event.target)) menu.open = false;
  });

  /* --- arrows, Home and End walk through a menu (an arrow on its button opens it) or through choices that a script made --- */
  const STEPS = { ArrowDown: (at, last) => (at < last ? at + 1 : 0), ArrowUp: (at, last) => (at > 0 ? at - 1 : last), Home: () => 0, End: (_at, last) => last };
  document.addEventListener("keydown", function (event) {
    const menu = event.target instanceof Element && event.target.closest("details[data-menu], [data-choices]");
    const step = STEPS[event.key];
    if (!menu || !step || inField(event.target) || event.altKey || event.ctrlKey || event.metaKey) return;
    const onButton = event.target.closest("summary");
    if (onButton && !menu.open && !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    if (onButton) menu.open = true;
    const items = [...menu.querySelectorAll("a[href], button:not([disabled])")].filter((item) => item.checkVisibility());
    const at = onButton && event.key === "ArrowUp" ? 0 : items.indexOf(document.activeElement);
    items[step(at, items.length - 1)]?.focus();
  });

  /* --- jump to --- */
  function targets() {
    const places = [...document.querySelectorAll(".pd-side [data-place]")].map((link) => ({ link, kind: "" }));
    const projects = [...document.querySelectorAll(".pd-side [data-project]")].map((link) => ({ link, kind: say("project") }));
    return [...places, ...projects].map(({ link, kind }) => ({
      kind, url: link.href, title: link.querySelector("span").textContent, face: link.querySelector("svg, img"),
    }));
  }
  function option(target, number) {
    const link = document.createElement("a");
    link.href = target.url;
    link.id = `jump-${number}`;
    link.setAttribute("role", "option");
    link.tabIndex = -1;
    if (target.face) link.append(target.face.cloneNode(true));
    const main = Object.assign(document.createElement("span"), { className: "pd-jump-main" });
    main.append(Object.assign(document.createElement("span"), { textContent: target.title }));
    if (target.of) main.append(" ", Object.assign(document.createElement("span"), { className: "pd-jump-of", textContent: target.of }));
    link.append(main);
    if (target.kind) link.append(Object.assign(document.createElement("small"), { textContent: target.kind }));
    return link;
  }
  function search(field) {
    const form = jump.querySelector("form[data-searches]");
    const q = field.value.trim();
    clearTimeout(pause);
    if (!form || q.length < SHORTEST) return;
    pause = setTimeout(async function () {
      const turn = ++asked;
      try {
        const answer = await fetch(`${form.dataset.searches}?q=${encodeURIComponent(q)}`, { headers: { Accept: "application/json" } });
        if (!answer.ok || turn !== asked || !jump.open) return;
        const data = await answer.json();
        const each = data.groups.length > FEW_KINDS ? EACH_OF_MANY : Infinity;
        found = { q, rows: data.groups.flatMap((group) => group.results.slice(0, each)) };
        if (field.value.trim() === q) list(field, true);
      } catch { /* the network is away: the places are still there */ }
    }, PAUSE_MS);
  }
  function rows(wanted) {
    const known = targets().filter((target) => target.title.toLowerCase().includes(wanted)).slice(0, 9);
    const there = new Set(known.map((target) => new URL(target.url).pathname));
    // what was found for other letters says nothing of these
    const more = found.q.toLowerCase() === wanted ? found.rows.filter((row) => !there.has(row.path)) : [];
    return [...known, ...more.map((row) => ({ url: row.path, title: row.title, of: row.of, kind: say(`kind_${row.kind}`) }))];
  }
  function list(field, again) {
    const box = document.getElementById("jump-list");
    const wanted = field.value.trim().toLowerCase();
    const chosen = again && moved && box.querySelector("[aria-selected='true']")?.getAttribute("href");
    const found = rows(wanted);
    const search = jump.querySelector("form[data-searches]");
    if (wanted && search) found.push({ title: say("searchFor", field.value.trim()), url: `${search.action}?q=${encodeURIComponent(field.value.trim())}`, kind: "" });
    box.replaceChildren(...found.map(option));
    if (!found.length) {
      const none = Object.assign(document.createElement("p"), { className: "pd-jump-none", textContent: say("nothingFound") });
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      box.append(none);
    }
    const at = chosen ? found.findIndex((target) => target.url === chosen) : 0;
    select(field, Math.max(0, at));
  }
  function select(field, number) {
    const options = [...document.querySelectorAll("#jump-list a")];
    if (!options.length) return field.removeAttribute("aria-activedescendant");
    const at = (number + options.length) % options.length;
    options.forEach((each, i) => each.setAttribute("aria-selected", String(i === at)));
    field.setAttribute("aria-activedescendant", options[at].id);
    options[at].scrollIntoView({ block: "nearest" });
  }
  function openJump() {
    if (!jump) return;
    const field = jump.querySelector("input");
    field.value = "";
    found = { q: "", rows: [] };
    jump.showModal();
    list(field);
    field.focus();
  }
  if (jump) {
    const field = jump.querySelector("input");
    const now = () => [...document.querySelectorAll("#jump-list a")].findIndex((each) => each.getAttribute("aria-selected") === "true");
    field.addEventListener("input", function () {
      moved = false;
      list(field);
      search(field);
    });
    field.addEventListener("keydown", function (event) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        moved = true;
        select(field, now() + (event.key === "ArrowDown" ? 1 : -1));
      }
    });
    jump.querySelector("form").addEventListener("submit", function (event) {
      event.preventDefault();
      document.querySelectorAll("#jump-list a")[Math.max(0, now())]?.click();
    });
  }
  document.querySelectorAll("dialog.pd-dialog").forEach((dialog) => {
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  });

  /* --- keys --- */
  function go(place) {
    const link = document.querySelector(`.pd-side [data-place="${place}"]`);
    if (link) location.assign(link.href);
  }
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") {
      const menu = document.querySelector("details[data-menu][open]");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
      return;
    }
    // a chord is no single key: it works in fields, and where single keys are off
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k" && jump) {
      event.preventDefault();
      return jump.open ? jump.close() : document.querySelector("dialog[open]") || openJump();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || inField(event.target) || document.querySelector("dialog[open]") || !keysOn()) return;
    if (Date.now() - waiting < SECOND_KEY_MS && PLACES[event.key]) {
      waiting = 0;
      event.preventDefault();
      return go(PLACES[event.key]);
    }
    waiting = event.key === "g" ? Date.now() : 0;
    if (event.key === "/") {
      event.preventDefault();
      openJump();
    } else if (event.key === "?") {
      keys?.showModal();
    } else if (event.key === "z") {
      document.querySelector(".pd-toast:last-child [data-undo]")?.click();
    } else if (event.key === "n") {
      document.querySelector("[data-key='n']")?.click();
    }
  });
  document.addEventListener("click", function (event) {
    if (!(event.target instanceof Element)) return;
    if (event.target.closest("[data-jump]") && jump) {
      event.preventDefault(); // it is a link to the page of search, for who has no scripts
      openJump();
    }
    if (event.target.closest("[data-keys]")) {
      closeMenus(null);
      keys?.showModal();
    }
  });
  const keySwitch = document.querySelector("[data-keys-switch]");
  if (keySwitch) {
    keySwitch.checked = keysOn();
    keySwitch.addEventListener("change", () => {
      try { localStorage.setItem("desk-keys", keySwitch.checked ? "on" : "off"); } catch { /* only for this page then */ }
    });
  }

  /* --- on a phone a row of tabs may be longer than the screen: the one we are on is in sight --- */
  document.querySelectorAll(".pd-tabbar [aria-current]").forEach((tab) => {
    tab.parentElement.scrollLeft = tab.offsetLeft + tab.offsetWidth / 2 - tab.parentElement.clientWidth / 2;
  });

  /* --- what the server said was done shows as a toast; it stays a note without scripts --- */
  document.querySelectorAll("[data-messages] [data-toast]").forEach((note) => {
    const back = note.querySelector("form");
    window.desk.toast(note.querySelector("div").textContent.trim(), { undo: back ? () => back.submit() : undefined, stays: Boolean(back) });
    if (back) {
      back.hidden = true;
      document.body.append(back);
    }
    const group = note.parentElement;
    note.remove();
    if (!group.children.length) group.remove();
  });

  /* who is signed out leaves no page of a room behind; takes that wait for the network stay until they were sent */
  if (!jump && window.caches) {
    caches.delete("desk-room");
    try {
      Object.keys(localStorage).filter((name) => name.startsWith("room-log:")).forEach((name) => localStorage.removeItem(name));
    } catch { /* nothing is kept here */ }
  }

  Object.assign(window.desk, { inField, keysOn });
  root.classList.add("has-scripts");
})();
