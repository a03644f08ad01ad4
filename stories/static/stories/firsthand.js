/* Small comforts on top of pages that work without any script: keys and their list, the account menu, panels that a
   cell opens, and where the focus goes when a part of the page is swapped. */
"use strict";
(() => {
  const KEY = "firsthand-keys";
  const keysOn = () => localStorage.getItem(KEY) !== "off";
  const typing = (el) => el.closest("input, textarea, select, [contenteditable]") !== null;
  const list = document.getElementById("shortcuts");

  const step = (by) => {
    const links = [...document.querySelectorAll("[data-step]")].filter((link) => link.checkVisibility());
    const at = links.indexOf(document.activeElement);
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  };

  /* Each key and what it does; the list in templates/stories/_shortcuts.html tells of them. */
  const KEYS = {
    "/": () => document.querySelector(".bar [name=q]")?.focus(),
    "?": () => showList(),
    j: () => step(1),
    k: () => step(-1),
    o: () => document.activeElement.closest("[data-step]")?.click(),
    f: () => document.querySelector("[data-follow]")?.click(),
  };

  document.addEventListener("keydown", (event) => {
    if (list?.open) return;
    if (event.key === "Escape" && escape(event.target)) return;
    if (!keysOn() || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (Object.hasOwn(KEYS, event.key)) { event.preventDefault(); KEYS[event.key](); }
  });

  /* Escape closes the menu, or else the panel that the focus is in or that its cell has open. */
  const escape = (from) => {
    const menu = document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); return true; }
    const panel = from.closest(".panel-in") || (from.getAttribute("aria-expanded") === "true" && opened?.panel);
    if (panel) close();
    return Boolean(panel);
  };

  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  /* The list of keys, a dialog: the browser gives the focus back to what had it before. */
  const showList = () => {
    if (!list) return;
    list.querySelector("[data-follows]").hidden = !document.querySelector("[data-follow]");
    list.showModal();
  };
  const door = document.querySelector("[data-shortcuts]");
  if (door && list) {
    door.hidden = false;
    door.addEventListener("click", showList);
    list.addEventListener("click", (event) => { if (event.target === list) list.close(); });
  }
  /* Single keys can be switched off: they get in the way of speech input and of some hands. */
  const box = list?.querySelector("[data-keys]");
  if (box) {
    box.checked = keysOn();
    box.addEventListener("change", () => localStorage.setItem(KEY, box.checked ? "on" : "off"));
  }

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

  /* A cell opens its passage below its row instead of leaving the page; one at a time. */
  let opened = null;
  const close = () => {
    if (!opened) return;
    const { link, panel, frame } = opened;
    const inside = panel.contains(document.activeElement);
    opened = null;
    frame.remove();
    link.setAttribute("aria-expanded", "false");
    if (inside) link.focus();
  };
  const frameFor = (link, panel) => {
    const row = link.closest("tr");
    if (!row) { link.closest("li, article").append(panel); return panel; }
    const line = row.parentElement.insertRow(row.sectionRowIndex + 1);
    const cell = line.insertCell();
    cell.colSpan = row.cells.length;
    cell.className = "opened";
    cell.append(panel);
    return line;
  };
  const open = async (link) => {
    const again = opened?.link === link;
    close();
    if (again) { link.focus(); return; }
    const panel = document.createElement("div");
    panel.className = "panel-in";
    link.setAttribute("aria-expanded", "true");
    opened = { link, panel, frame: frameFor(link, panel) };
    await htmx.ajax("GET", link.href, { target: panel, swap: "innerHTML", source: panel });
    const heading = panel.querySelector("[tabindex='-1']");
    if (!heading) { location.assign(link.href); return; }
    const button = document.createElement("button");
    button.type = "button";
    button.className = "close";
    button.textContent = "×";
    button.setAttribute("aria-label", link.closest("[data-panels]").dataset.panels || "Close");
    button.addEventListener("click", close);
    panel.append(button);
    heading.focus({ preventScroll: true });
    panel.scrollIntoView({ block: "nearest" });
  };
  const LEADS_IN = "[data-panels] a[href*='/claim/'], [data-panels] a[href*='/quote/']";
  document.addEventListener("click", (event) => {
    const link = event.target.closest(LEADS_IN);
    if (!link || link.closest(".panel-in") || link.hash || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(link);
  });

  /* What a cell is called is shown to the mouse as well, without sending it twice. */
  document.addEventListener("mouseover", (event) => {
    const link = event.target.closest(".matrix td > a:not([title])");
    if (link) link.title = link.getAttribute("aria-label");
  });

  /* Paper has no doors: what is folded is laid open before printing, and folded again behind it. */
  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("main details:not([open])")];
    folded.forEach((details) => { details.open = true; });
  });
  window.addEventListener("afterprint", () => { folded.forEach((details) => { details.open = false; }); folded = []; });

  /* What was pressed vanishes in the swap: focus goes on to what came in its place. */
  document.addEventListener("htmx:afterSettle", (event) => {
    const from = event.detail.requestConfig?.elt;
    const to = from?.dataset?.focus;
    if (to) document.querySelector(to)?.focus();
    if (from?.matches?.(".more a") && !to) [...document.querySelectorAll(".slice")].at(-1)?.querySelector("[data-step]")?.focus();
  });
})();
