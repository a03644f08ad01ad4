/* Comforts of a story's page at the desk, on top of what works without: a count of what is chosen, ranges by Shift,
   and keys. The page's own list of keys tells of them. */
"use strict";
(() => {
  const form = document.querySelector("[data-choice]");
  if (!form) return;
  const KEY = "firsthand-keys";
  /* Folds that are opened bring more of them. */
  const every = () => [...form.querySelectorAll("[data-step]")];
  const output = form.querySelector("[data-count]");
  const clear = form.querySelector("[data-clear]");
  const idle = output.textContent;
  let last = null;

  const told = () => {
    const boxes = every();
    const count = boxes.filter((box) => box.checked).length;
    const words = count === 1 ? form.dataset.one : form.dataset.many.replace("#", count);
    output.textContent = count ? words : idle;
    clear.hidden = !count;
    form.querySelectorAll("details.fold").forEach((fold) => {
      const inside = fold.querySelectorAll("[data-step]:checked").length;
      fold.querySelector("[data-within]").textContent = inside ? form.dataset.many.replace("#", inside) : "";
    });
    boxes.forEach((box) => box.closest(".row").classList.toggle("chosen", box.checked));
  };

  /* All from the one chosen last to this one become as this one is. */
  const range = (box) => {
    const boxes = every();
    const from = boxes.indexOf(last);
    const to = boxes.indexOf(box);
    if (from >= 0) boxes.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((one) => { one.checked = box.checked; });
  };
  form.addEventListener("click", (event) => {
    const box = event.target.closest("[data-step]");
    if (!box) return;
    if (event.shiftKey) range(box);
    last = box;
    told();
  });
  const none = () => { every().forEach((box) => { box.checked = false; }); last = null; told(); };
  clear.addEventListener("click", () => { none(); (every().find((box) => box.checkVisibility()) || clear).focus(); });

  const row = () => document.activeElement.closest?.(".row");
  const step = (by) => {
    const shown = every().filter((box) => box.checkVisibility());
    const at = shown.indexOf(row()?.querySelector("[data-step]"));
    const next = shown[at < 0 ? (by > 0 ? 0 : shown.length - 1) : at + by];
    if (next) { next.focus(); next.closest(".row").scrollIntoView({ block: "nearest" }); }
  };
  const choose = (upTo) => {
    const box = row()?.querySelector("[data-step]");
    if (!box) return;
    box.checked = upTo && last ? true : !box.checked;
    if (upTo) range(box);
    last = box;
    told();
  };
  const KEYS = {
    j: () => step(1),
    k: () => step(-1),
    x: () => choose(false),
    X: () => choose(true),
    u: none,
    o: () => row()?.querySelector(".headline a")?.click(),
    c: () => row()?.querySelector(".mend")?.click(),
    "?": () => { const keys = form.querySelector(".keys"); keys.open = true; keys.querySelector("summary").focus(); },
  };
  const keysOn = () => localStorage.getItem(KEY) !== "off";
  const typing = (el) => el.closest("textarea, select, [contenteditable], input:not([type=checkbox])") !== null;
  document.addEventListener("keydown", (event) => {
    if (!keysOn() || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const door = /^[a-z]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`);
    if (!Object.hasOwn(KEYS, event.key) && !door) return;
    event.preventDefault();
    if (door) door.click(); else KEYS[event.key]();
  });
  const switched = form.querySelector("[data-keys]");
  switched.checked = keysOn();
  switched.addEventListener("change", () => localStorage.setItem(KEY, switched.checked ? "on" : "off"));

  /* What a link leads to lies folded: it is opened. */
  const unfold = () => {
    const target = document.getElementById(location.hash.slice(1));
    const fold = target?.closest("details:not([open])");
    if (fold) { fold.open = true; target.scrollIntoView(); }
  };
  window.addEventListener("hashchange", unfold);
  document.addEventListener("htmx:afterSettle", told);
  /* Going back brings what was chosen with it. */
  window.addEventListener("pageshow", told);
  unfold();
  told();
})();
