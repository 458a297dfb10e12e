/* The running order by keyboard (Enter adds a row, Alt with an arrow moves it), and when each row will be. */
(function () {
  "use strict";
  const box = document.querySelector("[data-running]");
  if (!box) return;
  const list = box.querySelector("[data-rows-list]");
  const rows = () => [...list.querySelectorAll(":scope > [data-row]")];
  const part = (row, name) => row.querySelector(`[name$="]${name}"]`);

  /* Rows are sent by their number: after a move each gets the number of its place. */
  function renumber() {
    rows().forEach(function (row, number) {
      row.querySelectorAll("[name^='running_order[']").forEach((field) => {
        field.name = field.name.replace(/\[\d+\]/, `[${number}]`);
      });
      for (const name of ["id", "for", "aria-describedby"]) {
        row.querySelectorAll(`[${name}*='running_order-']`).forEach((element) => {
          element.setAttribute(name, element.getAttribute(name).replace(/running_order-\d+-/g, `running_order-${number}-`));
        });
      }
    });
    box.dataset.next = rows().length;
    say();
  }

  /* When a row without a time will be, on the studio's clock. */
  function say() {
    const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
    const clock = (sum) => [Math.floor(sum / 60) % 24, sum % 60].map((each) => String(each).padStart(2, "0")).join(":");
    let at = minutes(box.dataset.starts);
    for (const row of rows()) {
      const typed = part(row, "at"), length = part(row, "minutes");
      const hint = row.querySelector("[data-next]");
      if (typed.value) at = minutes(typed.value);
      hint.textContent = at === null ? "" : clock(at);
      at = at === null || !length.value ? null : at + Number(length.value);
    }
  }

  function add(after) {
    const shell = document.createElement("template");
    shell.innerHTML = box.querySelector("template[data-row-template]").innerHTML.replaceAll("__n__", rows().length);
    const row = shell.content.querySelector("[data-row]");
    after.after(row);
    renumber();
    part(row, "what").focus();
  }
  function move(row, up, field) {
    const other = up ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    up ? other.before(row) : other.after(row);
    renumber();
    field.focus();
  }

  list.addEventListener("keydown", function (event) {
    const row = event.target.closest("[data-row]");
    if (!row || event.target.closest("button")) return;
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.isComposing) {
      event.preventDefault();
      add(row);
    } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      move(row, event.key === "ArrowUp", event.target);
    }
  });
  list.addEventListener("input", say);
  box.addEventListener("change", renumber);
  renumber();
})();
