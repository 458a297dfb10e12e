/* A select that holds only a few of many, as a field to type into: <select data-pick="projects" data-finds="/api/…">.
   What is typed is looked for, what is chosen goes back into the select, and the form is sent. Without this script the
   select offers what was worked on last. Keys are those of a combobox: arrows, Enter, Esc. */
(function () {
  "use strict";
  const say = (...args) => window.desk.text(...args);
  const PAUSE_MS = 140; // between the last letter and the search: nobody searches for half a word

  function enhance(select) {
    const label = document.querySelector(`label[for="${select.id}"]`);
    const offered = [...select.options].map(({ value, text }) => ({ value, text }));
    const chosen = () => select.selectedOptions[0] || select.options[0];
    const all = offered[0]; // "All projects"
    let rows = offered;
    let at = -1;
    let turn = 0;
    let pause = 0;

    const box = document.createElement("span");
    box.className = "pd-combo";
    const field = document.createElement("input");
    const list = document.createElement("div");
    const status = document.createElement("span");
    Object.assign(field, { type: "text", id: `${select.id}-typed`, className: "form-select", autocomplete: "off", maxLength: 120, placeholder: all.text });
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${select.id}-list`, "aria-label": label?.textContent || all.text })) field.setAttribute(name, value);
    Object.assign(list, { id: `${select.id}-list`, className: "pd-combo-list", hidden: true });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", label?.textContent || all.text);
    status.className = "visually-hidden";
    status.setAttribute("role", "status");
    label?.setAttribute("for", field.id);
    select.hidden = true;
    select.after(box);
    box.append(field, list, status);

    function rest() {
      field.value = chosen().value ? chosen().text : "";
      close();
    }
    function close() {
      clearTimeout(pause);
      turn += 1; // what is still asked comes too late
      list.hidden = true;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    }
    function show(found, first) {
      rows = found;
      list.replaceChildren(...rows.map(option));
      if (!rows.length) {
        const none = Object.assign(document.createElement("div"), { className: "pd-combo-none", textContent: say("nothingFound") });
        none.setAttribute("role", "option");
        none.setAttribute("aria-disabled", "true");
        none.setAttribute("aria-selected", "false");
        list.append(none);
      }
      status.textContent = rows.length ? "" : say("nothingFound");
      list.hidden = false;
      field.setAttribute("aria-expanded", "true");
      const now = rows.findIndex((row) => row.value === chosen().value);
      stop(first ? 0 : Math.max(0, now));
    }
    function option(row, number) {
      const line = Object.assign(document.createElement("div"), { id: `${select.id}-${number}`, textContent: row.text });
      line.setAttribute("role", "option");
      if (row.value === chosen().value) line.classList.add("is-chosen");
      return line;
    }
    function stop(number) {
      if (!rows.length) {
        at = -1;
        return field.removeAttribute("aria-activedescendant");
      }
      at = (number + rows.length) % rows.length;
      [...list.children].forEach((line, i) => line.setAttribute("aria-selected", String(i === at)));
      list.children[at].scrollIntoView({ block: "nearest" });
      field.setAttribute("aria-activedescendant", list.children[at].id);
    }
    function take(row) {
      if (![...select.options].some((each) => each.value === row.value)) select.add(new Option(row.text, row.value));
      const same = select.value === row.value;
      select.value = row.value;
      rest();
      if (!same) select.form.requestSubmit();
    }
    function find() {
      const typed = field.value.trim();
      clearTimeout(pause);
      const mine = ++turn;
      if (!typed) return show(offered, true);
      pause = setTimeout(async function () {
        try {
          const answer = await fetch(`${select.dataset.finds}?search=${encodeURIComponent(typed)}`, { headers: { Accept: "application/json" } });
          if (mine !== turn) return;
          if (!answer.ok) return show([], true);
          const data = await answer.json();
          if (mine === turn) show(data[select.dataset.pick].map(({ id, name }) => ({ value: String(id), text: name })), true);
        } catch {
          if (mine === turn) status.textContent = say("away");
        }
      }, PAUSE_MS);
    }

    field.addEventListener("focus", () => field.select());
    field.addEventListener("click", () => { if (list.hidden) show(offered); });
    field.addEventListener("input", find);
    field.addEventListener("blur", rest);
    field.addEventListener("change", (event) => event.stopPropagation()); // the form is sent when something is chosen
    field.addEventListener("keydown", function (event) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) show(offered);
        else stop(at + (event.key === "ArrowDown" ? 1 : -1));
      } else if (event.key === "Enter" && !list.hidden) {
        event.preventDefault();
        if (rows[at]) take(rows[at]);
      } else if (event.key === "Enter" && !field.value.trim() && chosen().value) {
        event.preventDefault();
        take(all);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        event.stopPropagation();
        rest();
        field.select();
      }
    });
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", function (event) {
      const number = [...list.children].indexOf(event.target.closest("[role='option']"));
      if (rows[number]) take(rows[number]);
    });
    rest();
  }

  document.querySelectorAll("select[data-pick]").forEach(enhance);
})();
