/* Forms (data-form): the first bad field gets the focus, two presses send once, and text that met an expired login or
   a dead network is there again. Repeated groups (data-rows) and long pill lists (data-pills) live here too. */
(function () {
  "use strict";
  const HOUR = 3600 * 1000;
  const busy = new WeakSet();

  /* --- focus --- */
  function focusFirst() {
    const summary = document.querySelector("[data-form-errors]");
    const field = document.querySelector("form [aria-invalid='true'], form .is-invalid");
    if (summary && (summary.matches(".pd-clash") || !field)) summary.focus();
    else if (field) (field.matches("input, select, textarea") ? field : field.querySelector("input") || field).focus();
  }

  /* --- a file that the server would refuse is not sent at all --- */
  function tooLarge(field) {
    const most = Number(field.dataset.mostBytes);
    const over = [...field.files].some((file) => file.size > most);
    field.setCustomValidity(over ? field.dataset.mostSaid : "");
    return over;
  }
  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-most-bytes]") && tooLarge(event.target)) event.target.reportValidity();
  });

  /* --- send once --- */
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.method === "dialog") return;
    const large = [...form.querySelectorAll("[data-most-bytes]")].find(tooLarge);
    if (large) {
      event.preventDefault();
      large.reportValidity();
      return;
    }
    if (busy.has(form)) {
      event.preventDefault();
      return;
    }
    if (event.defaultPrevented || form.method !== "post") return;
    busy.add(form);
    event.submitter?.setAttribute("aria-busy", "true");
    form.dataset.sent = "";
    if (form.matches("[data-form]")) keep(form);
    // the page is still here after a while: the person may try again. A file takes its time on a phone
    setTimeout(() => free(form), form.querySelector("[type=file]") ? 120000 : 10000);
  });
  function free(form) {
    busy.delete(form);
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  }
  window.addEventListener("pageshow", (event) => { if (event.persisted) document.querySelectorAll("form").forEach(free); });

  document.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest?.("form[method='post']");
      if (form) {
        event.preventDefault();
        form.requestSubmit();
      }
    }
  });

  /* --- text is never lost: what was sent is kept until a page shows that it arrived. A page that leaves it in
         doubt (data-keep-forms: sign-in, a fault) marks it; else being led on after sending means: arrived --- */
  const KEY = "desk-sent:";
  const name = (form) => `${KEY}${location.pathname}#${form.id}`;
  const kept = (field) => field.name && !field.disabled && !["hidden", "password", "file", "submit", "button"].includes(field.type);

  function keep(form) {
    const values = [...form.elements].filter(kept)
      .filter((field) => !["checkbox", "radio"].includes(field.type) || field.checked)
      .map((field) => [field.name, field.value]);
    try { sessionStorage.setItem(name(form), JSON.stringify({ at: Date.now(), values })); } catch { /* full or forbidden */ }
  }
  function restore(form) {
    const found = sessionStorage.getItem(name(form));
    if (!found) return;
    sessionStorage.removeItem(name(form));
    const { at, values, doubt } = JSON.parse(found);
    if (ledHere() && !doubt) return;
    // a refused form comes back from the server with all that was typed
    if (Date.now() - at > HOUR || form.querySelector("[aria-invalid]") || document.querySelector("[data-form-errors]")) return;
    let changed = false;
    for (const field of [...form.elements].filter(kept)) {
      const given = values.filter(([key]) => key === field.name).map(([, value]) => value);
      if (["checkbox", "radio"].includes(field.type)) {
        const on = given.includes(field.value);
        changed = changed || on !== field.checked;
        field.checked = on;
      } else if (given.length && field.value !== given[0]) {
        field.value = given[0];
        changed = true;
      }
    }
    if (changed) window.desk.toast(window.desk.text("restored"), { stays: true });
  }
  const ledHere = () => performance.getEntriesByType("navigation")[0]?.redirectCount > 0;
  function doubt(key) {
    sessionStorage.setItem(key, JSON.stringify({ ...JSON.parse(sessionStorage.getItem(key)), doubt: true }));
  }
  function sweep() {
    const forms = [...document.querySelectorAll("form[data-form]")];
    try {
      forms.forEach(restore);
      const left = Object.keys(sessionStorage).filter((key) => key.startsWith(KEY));
      left.forEach(document.body.hasAttribute("data-keep-forms") ? doubt : (key) => sessionStorage.removeItem(key));
    } catch { /* no storage in this window */ }
  }

  /* --- leaving a long text behind is asked once, and only for long texts --- */
  window.addEventListener("beforeunload", function (event) {
    const left = [...document.querySelectorAll("form[data-form]:not([data-sent]) textarea")]
      .some((area) => area.value !== area.defaultValue && area.value.length > 200);
    if (left) event.preventDefault();
  });

  /* --- repeated groups --- */
  document.addEventListener("click", function (event) {
    const button = event.target instanceof Element && event.target.closest("[data-row-add], [data-row-remove]");
    if (!button) return;
    const group = button.closest("[data-rows]");
    const list = group.querySelector("[data-rows-list]");
    if (button.matches("[data-row-add]")) {
      const template = group.querySelector("template[data-row-template]");
      const number = Number(group.dataset.next || list.children.length);
      group.dataset.next = number + 1;
      const box = document.createElement("template");
      box.innerHTML = template.innerHTML.replaceAll("__n__", number);
      const row = box.content.querySelector("[data-row]");
      list.append(row);
      row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    } else {
      const row = button.closest("[data-row]");
      const next = row.nextElementSibling || row.previousElementSibling;
      row.remove();
      (next?.querySelector("input, select") || group.querySelector("[data-row-add]"))?.focus();
    }
    group.dispatchEvent(new Event("change", { bubbles: true }));
  });

  /* --- a long list of pills can be narrowed by typing --- */
  function narrow(box) {
    const field = document.createElement("input");
    field.type = "text";
    field.className = "form-control pd-pills-filter";
    field.placeholder = window.desk.text("narrow");
    field.setAttribute("aria-label", field.placeholder);
    field.addEventListener("input", function () {
      const wanted = field.value.trim().toLowerCase();
      box.querySelectorAll(".pd-pill").forEach((pill) => {
        pill.hidden = !pill.querySelector("input").checked && !pill.textContent.toLowerCase().includes(wanted);
      });
    });
    field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    box.prepend(field);
  }

  /* --- sign-in: a press on a demo person fills the form --- */
  document.addEventListener("click", function (event) {
    const who = event.target instanceof Element && event.target.closest("[data-fill]");
    if (!who) return;
    const form = document.getElementById(who.dataset.fillForm);
    Object.entries(JSON.parse(who.dataset.fill)).forEach(([key, value]) => { form.elements[key].value = value; });
    form.querySelector("[type=submit]").focus();
  });

  const narrowAll = (root) => root.querySelectorAll("[data-pills]:not(:has(.pd-pills-filter))").forEach(narrow);
  narrowAll(document);
  document.addEventListener("htmx:load", (event) => narrowAll(event.target));
  sweep();
  focusFirst();
})();
