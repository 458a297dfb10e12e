/* The plan, edited where it stands: a line is saved when it is left or Enter is pressed, up and down go from line to
   line. Every line is a form that works without this script. */
(function () {
  "use strict";
  const plan = document.querySelector("[data-plan]");
  if (!plan) return;
  const said = document.querySelector("[data-plan-said]");
  const formOf = (row) => row.querySelector("form");
  const fieldsOf = (row) => [...row.querySelectorAll("input:not([type=hidden]), select")];
  const written = (row) => fieldsOf(row).map((field) => field.value).join("\u0000");
  const before = new WeakMap();
  const busy = new WeakMap();
  plan.querySelectorAll("[data-line]").forEach((row) => before.set(row, written(row)));

  function wrong(row, answer) {
    row.nextElementSibling?.matches(".pd-plan-wrong") && row.nextElementSibling.remove();
    const fields = (answer && answer.data.fields) || {};
    fieldsOf(row).forEach((field) => {
      const name = field.name.replace(".amount", "");
      const bad = Boolean(fields[name]);
      field.classList.toggle("is-invalid", bad);
      bad ? field.setAttribute("aria-invalid", "true") : field.removeAttribute("aria-invalid");
    });
    if (!answer || answer.ok) return;
    const text = Object.values(fields).flat().join(" ") || answer.data.detail || "";
    const line = document.createElement("tr");
    line.className = "pd-plan-wrong";
    const cell = line.appendChild(document.createElement("td"));
    cell.colSpan = 8;
    cell.setAttribute("role", "alert");
    cell.textContent = text;
    row.after(line);
  }

  async function save(row) {
    if (busy.get(row)) { await busy.get(row); return save(row); }
    if (written(row) === before.get(row)) return true;
    const sent = written(row);
    const form = formOf(row);
    const data = [...new FormData(form)].filter(([name]) => !name.startsWith("_"));
    const work = window.desk.post(form.action, [...data, ["_etag", form.elements._etag.value]]);
    busy.set(row, work);
    const answer = await work;
    busy.delete(row);
    wrong(row, answer);
    if (!answer.ok) return false;
    before.set(row, sent);
    form.elements._etag.value = `"${answer.data.version}"`;
    await figures();
    said.textContent = said.dataset.saved;
    return true;
  }

  /* sums are the server's: fetch the page and take over what was worked out */
  async function figures() {
    const response = await fetch(location.href, { credentials: "same-origin" });
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const what of ["[data-plan-total]", "[data-plan-count]"]) {
      const fresh = page.querySelector(what);
      if (fresh) document.querySelector(what).replaceWith(document.adoptNode(fresh));
    }
    plan.querySelectorAll("tbody [data-line]").forEach((row) => {
      const fresh = page.getElementById(row.id);
      if (!fresh) return;
      row.className = fresh.className;
      const sum = fresh.querySelector("[data-planned]");
      if (sum) row.querySelector("[data-planned]").replaceWith(document.adoptNode(sum));
    });
  }

  plan.addEventListener("focusout", function (event) {
    const row = event.target.closest("tbody [data-line]");
    if (row && !row.contains(event.relatedTarget)) save(row);
  });
  plan.addEventListener("change", function (event) {
    const row = event.target.closest("tbody [data-line]");
    if (row && event.target.matches("select")) save(row);
  });
  plan.addEventListener("keydown", async function (event) {
    const row = event.target.closest("tbody [data-line]");
    const step = { ArrowDown: 1, ArrowUp: -1, Enter: 1 }[event.key];
    if (!row || !step || event.altKey || event.ctrlKey || event.metaKey || !event.target.matches("input.form-control")) return;
    if (event.key !== "Enter" && event.target.getAttribute("list")) return; // the arrows choose among the accounts
    event.preventDefault();
    const rows = [...plan.querySelectorAll("[data-line]")];
    const column = event.target.name;
    if (event.key === "Enter" && !(await save(row))) return;
    const next = rows[rows.indexOf(row) + step];
    const field = next && (next.querySelector(`[name="${column}"]:not([type=hidden])`) || fieldsOf(next)[0]);
    field?.focus();
    field?.select?.();
  });
  // a line that was just added: on to the next. Nothing has this id, or the browser would take the focus away again
  if (location.hash === "#new") plan.querySelector("[data-add] select")?.focus();
})();
