/* The comp map without drawing the page anew: a cell is sent by itself, arrows go from cell to cell. */
(function () {
  "use strict";
  document.addEventListener("change", (event) => { if (event.target.matches("[data-sends]")) event.target.form.requestSubmit(); });
  const map = document.querySelector("[data-comp]");
  if (!map) return;

  map.addEventListener("submit", async function (event) {
    event.preventDefault();
    event.stopPropagation();
    const button = event.submitter || event.target.querySelector("button");
    const was = button.getAttribute("aria-pressed") === "true";
    const said = new FormData(event.target);
    said.set("used", String(!was));
    button.setAttribute("aria-pressed", String(!was));
    try {
      const answer = await fetch(event.target.action, { method: "POST", body: said, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error((await answer.json()).detail);
      button.value = String(was);
    } catch (error) {
      button.setAttribute("aria-pressed", String(was));
      window.desk.toast((error instanceof TypeError ? "" : error.message) || map.dataset.failed);
    }
  }, true);
  const WAYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  map.addEventListener("keydown", function (event) {
    const way = WAYS[event.key];
    const cell = event.target.closest("td");
    if (!way || !cell || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const row = map.tBodies[0].rows[cell.parentElement.sectionRowIndex + way[0]];
    row?.cells[cell.cellIndex + way[1]]?.querySelector("button")?.focus();
  });
})();
