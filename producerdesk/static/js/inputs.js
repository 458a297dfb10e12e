/* The input list by keyboard: Enter goes down and adds a row at the end, arrows go up and down, Alt with an arrow moves
   the row, and a block of cells copied from a spreadsheet is pasted from the cell one is in. */
(function () {
  "use strict";
  const grid = document.querySelector("[data-grid]");
  if (!grid) return;
  const form = grid.closest("form");
  const body = grid.tBodies[0];
  const template = form.querySelector("template[data-grid-row]");
  const most = Number(grid.dataset.most);
  const FIRST_ROWS = 8;
  const rows = () => [...body.rows];
  const cells = (row) => [...row.querySelectorAll("input")];
  let dirty = false;

  function say(name, values = {}) {
    form.querySelector("[data-grid-said]").textContent = grid.dataset[name].replace(/%\((\w+)\)s/g, (_, key) => values[key]);
  }
  /* Rows are sent by their number: each has the number of its place. */
  function renumber() {
    rows().forEach((row, number) => cells(row).forEach(function (cell) {
      cell.name = cell.name.replace(/\[(\d+|__n__)\]/, `[${number}]`);
      cell.id = `f-${cell.name.replace(/[[\]]/g, "-")}`;
    }));
  }
  /* The next channel, where channels are numbers. */
  function nextChannel(row) {
    const above = row && cells(row)[0].value.trim();
    return /^\d{1,4}$/.test(above) ? String(Number(above) + 1) : "";
  }
  function add(after, { numbered = true } = {}) {
    if (body.rows.length >= most) {
      window.desk.toast(grid.dataset.full);
      return null;
    }
    const row = template.content.firstElementChild.cloneNode(true);
    if (after) after.after(row);
    else body.append(row);
    if (numbered) cells(row)[0].value = nextChannel(after || row.previousElementSibling);
    renumber();
    return row;
  }
  function go(row, column) {
    if (!row) return;
    const cell = cells(row)[column];
    cell.focus();
    cell.select();
  }

  body.addEventListener("keydown", function (event) {
    const row = event.target.closest("[data-row]");
    if (!row || !event.target.matches("input") || event.isComposing) return;
    const column = cells(row).indexOf(event.target);
    const up = event.key === "ArrowUp", down = event.key === "ArrowDown";
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (event.shiftKey) go(row.previousElementSibling, column);
      else go(row.nextElementSibling || add(row), row.nextElementSibling ? column : 1);
    } else if (event.altKey && (up || down)) {
      event.preventDefault();
      const other = up ? row.previousElementSibling : row.nextElementSibling;
      if (!other) return;
      if (up) other.before(row);
      else other.after(row);
      dirty = true;
      renumber();
      event.target.focus();
      say("rowSaid", { n: rows().indexOf(row) + 1 });
    } else if (up || down) {
      event.preventDefault();
      go(up ? row.previousElementSibling : row.nextElementSibling, column);
    }
  });
  body.addEventListener("paste", function (event) {
    const text = event.clipboardData?.getData("text/plain") || "";
    if (!event.target.matches("input") || !/[\t\n]/.test(text.trim())) return; // one cell: the browser's own way
    event.preventDefault();
    const lines = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n").map((line) => line.split("\t"));
    let row = event.target.closest("[data-row]");
    const first = cells(row).indexOf(event.target);
    let pasted = 0;
    for (const line of lines) {
      row = pasted ? row.nextElementSibling || add(row, { numbered: first > 0 }) : row;
      if (!row) break;
      cells(row).slice(first, first + line.length).forEach((cell, at) => { cell.value = line[at].trim().slice(0, cell.maxLength); });
      pasted += 1;
    }
    dirty = true;
    go(row || body.lastElementChild, first);
    say("pasted", { n: pasted });
  });
  body.addEventListener("click", function (event) {
    const row = event.target.closest("[data-grid-remove]")?.closest("[data-row]");
    if (!row) return;
    const next = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    dirty = true;
    renumber();
    if (next) go(next, 1);
    else go(add(null), 1);
  });
  form.querySelector("[data-grid-add]").addEventListener("click", () => go(add(body.lastElementChild), 1));

  /* what was typed and not saved is not left behind by a press on another button */
  form.addEventListener("input", () => { dirty = true; });
  form.addEventListener("submit", () => { dirty = false; });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });

  if (!body.rows.length) for (let n = 0; n < FIRST_ROWS; n += 1) add(null, { numbered: false });
})();
