/* The take log. Every take is first kept in this browser under a key of its own, then sent; what is sent twice is
   logged once. So it works with no network, and after the page was closed: none is lost, none doubled.
   A take here: want (as it reads on this page), base (as the server has it), and what it waits for. */
(function () {
  "use strict";
  const root = document.querySelector("[data-room]");
  if (!root) return;
  const FIELDS = ["performers", "rating", "keeper", "reason", "note"];
  const POLL_MS = 4000;
  const AGAIN_MS = [1000, 2000, 4000, 8000, 15000];
  const PATIENCE_MS = 10000; // a network that swallows a request says nothing: after this it counts as gone, and the key makes asking again safe
  const MOST_SAID = 20; // tries whose answers were lost, of one take
  const APART_MS = 2000; // clocks that are no further apart count as the same
  const TYPING_MS = 700; // after the last letter, what was typed is sent
  const MOST_UNDONE = 50;
  const SAME_ROOM_MS = 3600000; // a take that lies further ahead is somebody's whose clock is quite wrong
  const AWAY = 0;
  const page = JSON.parse(document.getElementById("room-log").textContent);
  const session = page.id;
  const part = (name) => root.querySelector(`[data-${name}]`);
  const parts = (name) => [...root.querySelectorAll(`[data-${name}]`)];
  const say = (name, values = {}) => (root.dataset[name] || name).replace(/%\((\w+)\)s/g, (_, key) => values[key]);

  let log = page;
  const takes = new Map();
  let song = null;
  let current = null;
  let undone = [];
  let etag = "";
  let skew = 0; // how far the server's clock is ahead of ours
  let away = false;
  let signedOut = false;

  /* --- what this browser keeps --- */
  const memory = new Map(); // where the browser keeps nothing, for as long as the page is open
  let keeps = true;
  const store = {
    all() {
      try { return Object.keys(localStorage).map((name) => [name, localStorage.getItem(name)]); } catch { keeps = false; return [...memory]; }
    },
    set(name, value) {
      try { localStorage.setItem(name, value); } catch { keeps = false; memory.set(name, value); }
    },
    remove(name) {
      memory.delete(name);
      try { localStorage.removeItem(name); } catch { /* then it was never there */ }
    },
  };
  const WAITING = `room-take:${page.me}:`;
  const KNOWN = `room-log:${page.me}:${session}`;

  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  const sent = (take) => Boolean(take.id);
  function waits(take) {
    if (!sent(take)) return !take.removed || take.tried;
    return take.removed !== take.gone || (!take.removed && !same(take.want, take.base));
  }
  function keep(take) {
    if (waits(take)) store.set(WAITING + take.key, JSON.stringify(take));
    else store.remove(WAITING + take.key);
  }
  function wanted(row) {
    const want = Object.fromEntries(FIELDS.map((name) => [name, row[name]]));
    return { ...want, performers: row.performers.map((person) => person.id).sort((a, b) => a - b) };
  }
  function recall() {
    for (const [name, text] of store.all()) {
      if (!name.startsWith(WAITING)) continue;
      const take = JSON.parse(text);
      const here = takes.get(take.key);
      if (!here || !waits(here)) takes.set(take.key, take); // what waits goes before what is as the server has it
    }
  }
  function remember() {
    const rows = [...takes.values()].filter((take) => sent(take) && !take.gone && take.session === session).map((take) => ({ ...take.row, ...take.base, performers: named(take.base.performers) }));
    store.set(KNOWN, JSON.stringify({ ...log, takes: rows }));
  }
  function named(ids) {
    const known = new Map(log.people.map((person) => [person.id, person.name]));
    for (const take of takes.values()) take.row?.performers.forEach((person) => known.set(person.id, person.name));
    return ids.map((id) => ({ id, name: known.get(id) || say("somebody") }));
  }

  /* --- what the server says --- */
  function adopt(row, { ours = false } = {}) {
    const base = wanted(row);
    const take = takes.get(row.key);
    if (!take) {
      takes.set(row.key, { key: row.key, session: row.session, song: row.song, taken_at: row.taken_at, want: { ...base }, base, row, id: row.id, number: row.number, version: row.version, removed: false, gone: Boolean(row.removed_at), tried: true });
      return;
    }
    if (sent(take) && row.version < take.version) return; // an older answer came late
    if (!sent(take)) {
      // ours, in an answer that we may have missed: what was changed here since then is still to be sent
      Object.assign(take, { base });
    } else if (row.version !== take.version && !ours) {
      merge(take, base); // an answer to what we sent ourselves holds nothing new
    }
    const said = row.version === take.version ? take.said : []; // what was sent for an older version cannot arrive any more
    Object.assign(take, { base, said, row, id: row.id, number: row.number, version: row.version, song: row.song, taken_at: row.taken_at, gone: Boolean(row.removed_at) });
    keep(take);
  }
  /* Field by field: what only the other one changed is taken over, what both changed is asked.
     What we sent ourselves, and whose answer was lost, is nobody else's. */
  function merge(take, theirs) {
    const asked = {};
    const ours = [take.base, take.want, ...(take.said || [])];
    for (const name of FIELDS) {
      if (ours.some((mine) => same(theirs[name], mine[name]))) continue;
      if (same(take.want[name], take.base[name])) take.want[name] = theirs[name];
      else asked[name] = theirs[name];
    }
    take.theirs = Object.keys(asked).length ? asked : null;
  }
  function adoptAll(data, { surely = true } = {}) {
    log = data;
    const there = new Set(data.takes.map((row) => row.key));
    data.takes.forEach((row) => adopt(row));
    for (const take of [...takes.values()]) {
      if (!surely || take.session !== session || !sent(take) || there.has(take.key)) continue;
      if (!waits(take) || take.removed) {
        forget(take);
      } else if (!take.gone) { // changed here, and somebody else took it out
        Object.assign(take, { gone: true, refused: say("takenOut") });
        keep(take);
      }
    }
  }
  function forget(take) {
    takes.delete(take.key);
    store.remove(WAITING + take.key);
    if (current === take.key) current = null;
  }
  async function ask(method, path, said, headers = {}) {
    const csrf = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] || JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
    const body = said === undefined ? undefined : JSON.stringify(said);
    let response;
    let data = {};
    const asked = Date.now();
    try {
      response = await fetch(path, { method, body, credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS), headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrf, ...headers } });
      if (response.status !== 204 && response.status !== 304) data = await response.json();
    } catch {
      return { status: AWAY, ok: false, data: {} };
    }
    const clock = Date.parse(response.headers.get("Date") || "");
    if (clock) skew = skewOf(clock, asked, Date.now());
    return { status: response.status, ok: response.ok, data, etag: response.headers.get("ETag") || "" };
  }
  /* The server told its time, in whole seconds, at some moment between our asking and our hearing it: only what lies
     outside of that is another clock, and no slow network. */
  function skewOf(clock, asked, heard) {
    if (clock - heard > APART_MS) return clock - heard;
    return clock + 1000 - asked < -APART_MS ? clock + 1000 - asked : 0;
  }
  const lost = (answer) => answer.status === AWAY || answer.status === 429 || answer.status >= 500;
  const stranger = (answer) => answer.status === 401 || (answer.status === 403 && /CSRF/.test(answer.data.detail || ""));

  let pulling = false;
  async function pull() {
    if (pulling) return;
    pulling = true;
    const before = [...takes.values()].map((take) => `${take.key} ${take.version} ${take.gone}`).join();
    const answer = await ask("GET", root.dataset.log, undefined, etag ? { "If-None-Match": etag } : {});
    pulling = false;
    away = lost(answer);
    signedOut = stranger(answer);
    if (answer.status !== 200) {
      draw();
      return answer.status === 304 ? goOn() : undefined;
    }
    // what was sent while this answer was on its way is not in it
    if (before !== [...takes.values()].map((take) => `${take.key} ${take.version} ${take.gone}`).join()) return pull();
    etag = answer.etag;
    adoptAll(answer.data);
    remember();
    draw();
    goOn();
  }
  /* the network is back: what waits need not wait longer */
  function goOn() {
    tries = 0;
    if (queue().length) sync();
  }

  /* --- sending, one after the other in the order they were played --- */
  const byTime = (one, other) => Date.parse(one.taken_at) - Date.parse(other.taken_at) || (one.id || Infinity) - (other.id || Infinity) || 0;
  const waiting = () => [...takes.values()].filter(waits).sort(byTime);
  const queue = () => waiting().filter((take) => !take.refused && !take.theirs);
  let sending = false;
  let more = false;
  let tries = 0;
  let timer = 0;

  async function sync() {
    if (sending) { more = true; return; }
    sending = true;
    clearTimeout(timer);
    try {
      do {
        more = false;
        for (const take of queue()) {
          if (!(await send(take))) {
            timer = setTimeout(sync, AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)]);
            return;
          }
          tries = 0;
          draw();
        }
      } while (more);
    } finally {
      sending = false;
      draw();
    }
  }
  /* Say whether the server answered at all. */
  async function send(take) {
    const path = `${root.dataset.takes}${take.id}/`;
    let answer;
    take.tried = true;
    keep(take);
    if (!sent(take)) {
      const { key, taken_at, want } = take;
      answer = await ask("POST", root.dataset.new.replace("/0/", `/${take.session}/`), { key, song: take.song, taken_at, ...want });
    } else if (take.removed !== take.gone) {
      answer = await ask(take.removed ? "DELETE" : "POST", take.removed ? path : `${path}restore/`, take.removed ? undefined : {});
    } else {
      take.said = [...(take.said || []).slice(-MOST_SAID), take.want];
      keep(take);
      answer = await ask("PUT", path, take.want, { "If-Match": `"${take.version}"` });
    }
    away = lost(answer);
    signedOut = stranger(answer);
    if (away || signedOut) return false;
    if (answer.status === 412) {
      if (!(await reread(take, path))) return false;
    } else if (!answer.ok) {
      take.refused = Object.values(answer.data.fields || {}).flat().join(" ") || answer.data.detail || say("refused");
      keep(take);
    } else if (answer.status === 204) {
      take.gone = true;
      if (take.removed) forget(take);
    } else {
      adopt(answer.data, { ours: true });
    }
    remember();
    return true;
  }
  /* Say whether the server answered: a network that goes just now refuses nothing. */
  async function reread(take, path) {
    const answer = await ask("GET", path);
    away = lost(answer);
    signedOut = stranger(answer);
    if (away || signedOut) return false;
    if (answer.ok) adopt(answer.data);
    else take.refused = answer.data.detail || say("refused");
    keep(take);
    return true;
  }

  /* --- what a person does --- */
  function newKey() {
    if (crypto.randomUUID) return crypto.randomUUID(); // only where the address is https or this machine
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }
  const shown = () => [...takes.values()].filter((take) => take.session === session && !take.removed).sort(byTime);
  const ofSong = (id) => shown().filter((take) => take.song === id);
  /* the session's songs, and those that were taken off it with takes on them */
  function songs() {
    const known = new Map(log.songs.map((each) => [each.id, each]));
    for (const take of shown()) if (!known.has(take.song)) known.set(take.song, { id: take.song, title: take.row?.song_title || say("otherSong"), tempo: null, key: "" });
    return [...known.values()];
  }
  function numberOf(take) {
    if (sent(take)) return take.number;
    const before = ofSong(take.song).filter((each) => sent(each) || byTime(each, take) < 0);
    return Math.max(0, ...before.filter(sent).map((each) => each.number)) + before.filter((each) => !sent(each)).length + 1;
  }
  function done(undo) {
    undone = [...undone.slice(1 - MOST_UNDONE), undo];
  }
  /* Now, on the server's clock; but after the take before, also where the clock was put right between the two.
     The server tells whole seconds, so that one may be up to a second later than it reads. */
  function moment() {
    const now = Date.now() + skew;
    const before = Math.max(0, ...shown().map((take) => Date.parse(take.taken_at)));
    return new Date(before >= now && before - now < SAME_ROOM_MS ? before + 1000 : now).toISOString();
  }
  function log_() {
    if (!song || !log.can.log) return;
    const last = ofSong(song).at(-1) || shown().at(-1);
    const take = { key: newKey(), session, song, taken_at: moment(), id: null, number: null, version: null, base: null, removed: false, gone: false, tried: false, refused: "", theirs: null,
      want: { performers: last ? [...last.want.performers] : [], rating: null, keeper: false, reason: "", note: "" } };
    takes.set(take.key, take);
    current = take.key;
    keep(take);
    done(() => remove(take, false));
    announce(say("logged", { number: numberOf(take), song: titleOf(song) }));
    draw();
    sync();
  }
  function change(name, value, { later = false, undoable = true } = {}) {
    const take = takes.get(current);
    if (!take || !log.can.log || same(take.want[name], value)) return;
    const was = take.want[name];
    take.want = { ...take.want, [name]: value };
    take.refused = "";
    keep(take);
    if (undoable) done(() => { current = take.key; change(name, was, { undoable: false }); });
    if (later) {
      clearTimeout(typing);
      typing = setTimeout(sync, TYPING_MS);
    } else sync();
    draw();
  }
  let typing = 0;
  function remove(take, undoable = true) {
    if (!takes.has(take.key)) return;
    take.removed = true;
    take.refused = "";
    if (!waits(take)) forget(take);
    else keep(take);
    if (undoable) done(() => {
      takes.set(take.key, take);
      take.removed = false;
      current = take.key;
      song = take.song;
      keep(take);
      draw();
      sync();
    });
    if (current === take.key) current = ofSong(take.song).at(-1)?.key || null;
    announce(say("removed", { number: numberOf(take) }));
    draw();
    sync();
  }
  function undo() {
    undone.pop()?.();
  }
  function pick(take) {
    current = take.key;
    song = take.song;
    draw();
  }
  function pickSong(id) {
    song = id;
    current = ofSong(id).at(-1)?.key || null;
    draw();
  }

  /* --- drawing --- */
  const clock = new Intl.DateTimeFormat(document.documentElement.lang || undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: log.time_zone });
  const titleOf = (id) => songs().find((each) => each.id === id)?.title || say("otherSong");
  let said = "";
  /* made anew only when it reads differently: a button must not vanish under a finger */
  const drawn = new WeakMap();
  function fill(box, what, make) {
    const text = JSON.stringify(what);
    if (drawn.get(box) === text) return;
    drawn.set(box, text);
    box.replaceChildren(...make());
  }
  function announce(text) {
    part("said").textContent = text;
  }
  function draw() {
    if (!songs().some((each) => each.id === song)) song = shown().at(-1)?.song || log.songs[0]?.id || null;
    drawState();
    drawSongs();
    drawTakes();
    drawEditor();
    part("undo").disabled = !undone.length;
  }
  function drawState() {
    const left = waiting();
    const refused = left.filter((take) => take.refused).length;
    const count = left.length;
    const text = signedOut ? say("signedOut", { count })
      : refused ? say("refusedCount", { count: refused })
      : count ? say(count === 1 ? "waitingOne" : "waitingMany", { count }) + (away ? ` ${say("awayKept")}` : "")
      : away ? say("away") : say("allSent");
    const state = part("state");
    state.dataset.now = signedOut || refused ? "bad" : count || away ? "waits" : "sent";
    part("sign-in").hidden = !signedOut;
    part("keeps-nothing").hidden = keeps;
    if (text !== said) part("state-text").textContent = said = text;
  }
  function drawSongs() {
    const box = part("songs");
    const before = document.activeElement?.dataset.song;
    const all = songs();
    const counts = all.map((each) => {
      const own = ofSong(each.id);
      return { own: own.length, kept: own.filter((take) => take.want.keeper).length };
    });
    fill(box, [all, counts, song], () => all.map((each, at) => {
      const button = part("song-row").content.firstElementChild.cloneNode(true);
      const { own, kept } = counts[at];
      button.dataset.song = each.id;
      button.setAttribute("aria-pressed", String(each.id === song));
      button.querySelector("b").textContent = each.title;
      button.querySelector("small").textContent = [own === 1 ? say("takesOne") : say("takesMany", { count: own }), kept ? say("keepers", { count: kept }) : ""].filter(Boolean).join(" · ");
      button.addEventListener("click", () => pickSong(each.id));
      return button;
    }));
    if (before) box.querySelector(`[data-song="${before}"]`)?.focus();
    const facts = all.find((each) => each.id === song);
    part("song-title").textContent = facts?.title || "";
    part("song-facts").textContent = facts ? [facts.tempo ? say("bpm", { tempo: facts.tempo }) : "", facts.key].filter(Boolean).join(" · ") : "";
    part("no-songs").hidden = all.length > 0;
    parts("take").forEach((button) => { button.disabled = !song || !log.can.log; });
  }
  function drawTakes() {
    const list = part("list");
    const focused = document.activeElement?.closest?.("[data-row]")?.dataset.row;
    const rows = ofSong(song).reverse();
    fill(list, [current, rows.map((take) => [take.key, numberOf(take), take.want, waits(take), take.refused, take.theirs])], () => rows.map(row));
    part("none").hidden = rows.length > 0 || !song;
    if (focused) list.querySelector(`[data-row="${focused}"] button`)?.focus();
  }
  function row(take) {
    const line = part("take-row").content.firstElementChild.cloneNode(true);
    const inside = (name) => line.querySelector(`[data-${name}]`);
    line.dataset.row = take.key;
    line.classList.toggle("is-current", take.key === current);
    line.classList.toggle("is-keeper", take.want.keeper);
    inside("number").textContent = numberOf(take);
    inside("at").textContent = clock.format(new Date(take.taken_at));
    inside("at").dateTime = take.taken_at;
    inside("who").textContent = named(take.want.performers).map((person) => person.name).join(", ");
    inside("rated").textContent = take.want.rating ? say("rated", { rating: take.want.rating }) : "";
    inside("kept").hidden = !take.want.keeper;
    inside("because").textContent = take.want.reason ? say("because", { reason: take.want.reason }) : "";
    inside("noted").textContent = take.want.note;
    inside("waits").hidden = !waits(take) || Boolean(take.refused) || Boolean(take.theirs);
    inside("pick").setAttribute("aria-pressed", String(take.key === current));
    inside("pick").addEventListener("click", () => pick(take));
    if (take.refused) trouble(inside("trouble"), say("notTaken", { reason: take.refused }), [[say("again"), () => { take.refused = ""; keep(take); sync(); }], [say("drop"), () => drop(take)]]);
    if (take.theirs) trouble(inside("trouble"), say("theirs", { text: told(take.theirs) }), [[say("keepMine"), () => settle(take, {})], [say("takeTheirs"), () => settle(take, take.theirs)]]);
    return line;
  }
  function told(theirs) {
    return FIELDS.filter((name) => name in theirs).map((name) => {
      if (name === "performers") return named(theirs[name]).map((person) => person.name).join(", ") || "–";
      if (name === "keeper") return theirs[name] ? say("isKeeper") : say("noKeeper");
      if (name === "rating") return theirs[name] ? say("rated", { rating: theirs[name] }) : "–";
      return theirs[name] || "–";
    }).join("; ");
  }
  function trouble(box, text, ways) {
    box.hidden = false;
    box.querySelector("span").textContent = text;
    box.append(...ways.map(([label, act]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-s", textContent: label });
      button.addEventListener("click", () => { act(); draw(); });
      return button;
    }));
  }
  function settle(take, values) {
    take.want = { ...take.want, ...values };
    take.theirs = null;
    keep(take);
    sync();
  }
  /* what the server does not take is thrown away only by a person */
  function drop(take) {
    if (sent(take) && !take.gone) {
      Object.assign(take, { want: { ...take.base }, removed: false, refused: "" });
      keep(take);
    } else forget(take);
  }
  function drawEditor() {
    const take = takes.get(current);
    const editor = part("editor");
    editor.hidden = !take;
    if (!take) return;
    part("editor-title").textContent = say("takeOf", { number: numberOf(take), song: titleOf(take.song) });
    parts("rate").forEach((button) => button.setAttribute("aria-pressed", String(Number(button.dataset.rate) === take.want.rating)));
    parts("keep").forEach((button) => button.setAttribute("aria-pressed", String(take.want.keeper)));
    parts("why").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.why === take.want.reason)));
    for (const name of ["reason", "note"]) {
      const field = part(name);
      if (field.value !== take.want[name]) field.value = take.want[name];
    }
    const box = part("people");
    const focused = document.activeElement?.dataset.person;
    const people = [...log.people];
    named(take.want.performers).forEach((person) => { if (!people.some((each) => each.id === person.id)) people.push(person); });
    fill(box, [people, take.want.performers, log.can.log], () => people.map((person) => {
      const button = part("person-row").content.firstElementChild.cloneNode(true);
      button.dataset.person = person.id;
      button.textContent = person.name;
      button.setAttribute("aria-pressed", String(take.want.performers.includes(person.id)));
      button.addEventListener("click", () => toggle(person.id));
      return button;
    }));
    if (focused) box.querySelector(`[data-person="${focused}"]`)?.focus();
    part("people-part").hidden = !people.length;
    editor.querySelectorAll("button, input, textarea").forEach((control) => { control.disabled = !log.can.log; });
  }
  function toggle(id) {
    const take = takes.get(current);
    if (!take) return;
    const others = take.want.performers.filter((each) => each !== id);
    change("performers", (others.length < take.want.performers.length ? others : [...others, id]).sort((a, b) => a - b));
  }
  function rate(value) {
    change("rating", takes.get(current)?.want.rating === value ? null : value);
  }

  /* --- fingers and keys --- */
  parts("take").forEach((button) => button.addEventListener("click", log_));
  parts("rate").forEach((button) => button.addEventListener("click", () => rate(Number(button.dataset.rate))));
  parts("keep").forEach((button) => button.addEventListener("click", () => change("keeper", !takes.get(current)?.want.keeper)));
  parts("why").forEach((button) => button.addEventListener("click", () => change("reason", takes.get(current)?.want.reason === button.dataset.why ? "" : button.dataset.why)));
  part("undo").addEventListener("click", undo);
  part("remove").addEventListener("click", () => { const take = takes.get(current); if (take) remove(take); });
  for (const name of ["reason", "note"]) {
    const field = part(name);
    let from = null; // as it was before the first letter: one word typed is one step back
    field.addEventListener("focus", () => { from = field.value; });
    field.addEventListener("input", () => change(name, field.value, { later: true, undoable: false }));
    field.addEventListener("blur", function () {
      const take = takes.get(current);
      const before = from;
      if (take && before !== null && before !== field.value) done(() => { current = take.key; change(name, before, { undoable: false }); });
      from = null;
    });
    field.addEventListener("keydown", function (event) {
      if (event.key !== "Escape" && (event.key !== "Enter" || event.shiftKey)) return;
      event.preventDefault();
      field.blur();
    });
  }
  function step(by) {
    const rows = ofSong(song).reverse();
    const at = rows.findIndex((take) => take.key === current);
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next) pick(next);
  }
  function stepSong(by) {
    const all = songs();
    const next = all[all.findIndex((each) => each.id === song) + by];
    if (next) pickSong(next.id);
  }
  const KEYS = {
    t: log_, k: () => part("keep").click(), r: () => part("reason").focus(), n: () => part("note").focus(), z: undo,
    ArrowDown: () => step(1), ArrowUp: () => step(-1), ArrowRight: () => stepSong(1), ArrowLeft: () => stepSong(-1),
    ...Object.fromEntries([1, 2, 3, 4, 5].map((value) => [String(value), () => rate(value)])),
  };
  document.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat || !KEYS[event.key]) return;
    if (window.desk.inField(event.target) || document.querySelector("dialog[open]") || !window.desk.keysOn()) return;
    event.preventDefault();
    KEYS[event.key]();
  });

  /* --- the network comes and goes --- */
  window.addEventListener("online", () => { tries = 0; sync(); pull(); });
  window.addEventListener("offline", () => { away = true; draw(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) pull(); });
  window.addEventListener("storage", (event) => { if (event.key?.startsWith(WAITING)) { recall(); draw(); } });
  setInterval(() => { if (!document.hidden) pull(); }, POLL_MS);

  /* a page opened with no network is as old as its last visit: what was learned since stands beside it */
  function known() {
    for (const [name, text] of store.all()) if (name === KNOWN) return JSON.parse(text);
    return null;
  }
  async function workOffline() {
    if (!navigator.serviceWorker) return;
    const files = performance.getEntriesByType("resource").map((entry) => entry.name).filter((name) => new URL(name).pathname.startsWith("/static/"));
    try {
      await navigator.serviceWorker.register(root.dataset.worker, { scope: root.dataset.scope });
      const ready = await navigator.serviceWorker.ready;
      ready.active.postMessage({ keep: [location.pathname, ...new Set(files)] });
    } catch { /* then it works without a network for as long as it stays open */ }
  }

  async function start() {
    recall();
    page.takes.forEach((row) => adopt(row));
    const old = known();
    if (old && !navigator.onLine) adoptAll(old, { surely: false });
    current = shown().at(-1)?.key || null;
    song = takes.get(current)?.song || null;
    draw();
    await pull();
    if (away && old) adoptAll(old, { surely: false });
    draw();
    sync();
  }
  root.hidden = false;
  start();
  workOffline();
})();
