/* Small comforts on top of pages that work without any script: keys, the account menu, focus after htmx swaps. */
"use strict";
(() => {
  const KEY = "firsthand-keys";
  const keysOn = () => localStorage.getItem(KEY) !== "off";
  const typing = (el) => el.closest("input, textarea, select, [contenteditable]") !== null;

  const step = (by) => {
    const links = [...document.querySelectorAll("[data-step]")];
    const at = links.indexOf(document.activeElement);
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  };

  document.addEventListener("keydown", (event) => {
    const menu = document.querySelector("details.menu[open]");
    if (event.key === "Escape" && menu) { menu.open = false; menu.querySelector("summary").focus(); return; }
    if (!keysOn() || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") { event.preventDefault(); document.querySelector(".bar [name=q]")?.focus(); }
    if (event.key === "j") step(1);
    if (event.key === "k") step(-1);
  });

  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  /* What a dot of the timeline or a count leads to is opened as well as scrolled to, and so is what it lies folded in. */
  const openTarget = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    const folded = target.parentElement.closest("details:not([open])") !== null;
    for (let outer = target.closest("details"); outer; outer = outer.parentElement.closest("details")) outer.open = true;
    if (!target.matches("details")) target.querySelector("details")?.setAttribute("open", "");
    if (folded) target.scrollIntoView();
  };
  window.addEventListener("hashchange", openTarget);
  openTarget();

  /* Single keys can be switched off: they get in the way of speech input and of some hands. */
  const toggle = document.querySelector("[data-keys]");
  if (toggle) {
    const show = () => {
      toggle.setAttribute("aria-pressed", String(keysOn()));
      toggle.querySelector("[data-state]").textContent = keysOn() ? "on" : "off";
    };
    toggle.hidden = false;
    show();
    toggle.addEventListener("click", () => { localStorage.setItem(KEY, keysOn() ? "off" : "on"); show(); });
  }

  /* "Older stories" vanishes when pressed: focus goes on to the first of what came. */
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.requestConfig?.elt?.matches?.(".more a")) {
      [...document.querySelectorAll(".slice")].at(-1)?.querySelector("[data-step]")?.focus();
    }
  });
})();
