/* What every other script uses: words, requests to our own server, toasts, times on the reader's clock. */
(function () {
  "use strict";
  const words = JSON.parse(document.getElementById("desk-texts")?.textContent || "{}");
  const TOAST_MS = 7000;
  const MOST_TOASTS = 3;

  function text(name, ...values) {
    let at = 0;
    return (words[name] || name).replace(/%s|%\((\w+)\)s/g, (_, key) => (key ? values[0][key] : values[at++]));
  }

  function csrf() {
    return JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
  }

  /* Send a form's worth of data; the answer is {ok, status, data}, whatever happened. */
  async function post(url, data, { method = "POST", headers = {} } = {}) {
    let response;
    try {
      response = await fetch(url, {
        method, body: new URLSearchParams(data), credentials: "same-origin", redirect: "manual",
        headers: { "X-CSRFToken": csrf(), "X-Requested-With": "fetch", Accept: "application/json", ...headers },
      });
    } catch {
      return { ok: false, status: 0, data: { detail: text("offline") } };
    }
    const json = (response.headers.get("Content-Type") || "").includes("json");
    const answer = json ? await response.json().catch(() => ({})) : {};
    // pages answer with a redirect when it is done
    return { ok: response.ok || response.type === "opaqueredirect", status: response.status, data: answer };
  }

  /* Say that something was done; `undo` takes it back. Errors never come here alone: they stand where they happened. */
  function toast(message, { undo, stays } = {}) {
    const box = document.getElementById("toasts");
    if (!box) return;
    const item = document.createElement("div");
    item.className = "pd-toast";
    const said = document.createElement("span");
    said.textContent = message;
    item.append(said);
    if (undo) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-s";
      button.textContent = text("undo");
      button.dataset.undo = "";
      button.setAttribute("aria-keyshortcuts", "z");
      button.addEventListener("click", () => { item.remove(); undo(); });
      item.append(button);
    }
    const close = document.createElement("button");
    close.type = "button";
    close.className = "pd-iconbtn";
    close.setAttribute("aria-label", text("close"));
    close.append(document.getElementById("desk-icons").content.firstElementChild.cloneNode(true));
    close.addEventListener("click", () => item.remove());
    item.append(close);
    box.append(item);
    if (box.children.length > MOST_TOASTS) box.firstElementChild.remove();
    if (!stays) {
      let timer = setTimeout(() => item.remove(), TOAST_MS);
      item.addEventListener("pointerenter", () => clearTimeout(timer));
      item.addEventListener("focusin", () => clearTimeout(timer));
      item.addEventListener("pointerleave", () => { timer = setTimeout(() => item.remove(), TOAST_MS); });
    }
  }

  /* "Porto time" gains "11:00 in Berlin, where you are" if the reader's clock shows something else. */
  function localTimes(root) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
    root.querySelectorAll("[data-local]:not([data-local-done])").forEach(function (element) {
      element.dataset.localDone = "";
      const there = element.dataset.zone;
      const moment = new Date(element.dataset.local);
      const clock = (timeZone) => new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "short", hour: "2-digit", minute: "2-digit" }).format(moment);
      if (!there || Number.isNaN(moment.getTime()) || clock(zone) === clock(there)) return;
      const day = (timeZone) => clock(timeZone).slice(0, 3);
      const options = { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
      if (day(zone) !== day(there)) options.weekday = "short";
      const time = new Intl.DateTimeFormat(document.documentElement.lang || undefined, options).format(moment);
      const place = zone.split("/").pop().replace(/_/g, " ");
      element.append(". " + text("localTime", { time, place }));
    });
  }

  function start(root) {
    localTimes(root);
    root.querySelectorAll("input[data-zone]").forEach((input) => {
      if (!input.value) input.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
    });
  }

  document.addEventListener("click", async function (event) {
    const copy = event.target instanceof Element && event.target.closest("[data-copy]");
    if (!copy) return;
    await navigator.clipboard?.writeText(copy.dataset.copy);
    toast(text("copied"));
  });
  document.addEventListener("htmx:load", (event) => start(event.target));

  window.desk = { text, post, toast };
  start(document);
})();
