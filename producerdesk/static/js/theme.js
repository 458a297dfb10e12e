/* Runs before the first paint, so that no page flashes in the other theme.
   What was chosen is kept in this browser and, for the server's first byte, in a cookie.
   Paper is light: our dark colours are for the screen alone, and Tabler's go with the attribute. */
(function () {
  "use strict";
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const paper = window.matchMedia("print");
  const YEAR = 365 * 24 * 3600;
  let kept = root.dataset.bsTheme || "auto", printing = false;

  function chosen() {
    try { return localStorage.getItem("desk-theme") || "auto"; } catch { return kept; }
  }
  function paint() {
    const theme = paper.matches || printing ? "light" : chosen();
    root.dataset.bsTheme = theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
  }
  function choose(theme) {
    try { localStorage.setItem("desk-theme", theme); } catch { /* private window: the cookie alone must do */ }
    document.cookie = `desk_theme=${theme}; path=/; max-age=${YEAR}; samesite=lax`;
    kept = theme;
    paint();
    document.dispatchEvent(new CustomEvent("desk:theme", { detail: root.dataset.bsTheme }));
  }

  paint();
  dark.addEventListener("change", paint);
  paper.addEventListener("change", paint);
  window.addEventListener("beforeprint", () => { printing = true; paint(); });
  window.addEventListener("afterprint", () => { printing = false; paint(); });
  document.addEventListener("click", function (event) {
    if (!(event.target instanceof Element)) return;
    if (event.target.closest("[data-theme-toggle]")) choose(root.dataset.bsTheme === "dark" ? "light" : "dark");
    if (event.target.closest("[data-theme-auto]")) choose("auto");
  });
})();
