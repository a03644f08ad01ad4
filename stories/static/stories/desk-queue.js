/* The review queue by keyboard. Every key presses a button or a link that is there anyway, marked with data-key; without
   this script all of them work by click. An answer needs a key of its own press: what a held key repeats, and what is
   pressed before the question can have been seen, counts for nothing. */
"use strict";
(() => {
  const KEY = "firsthand-keys";
  const GUARD_MS = 250;
  const ANSWERS = "arsu";
  const work = document.getElementById("queue-work");
  const list = document.getElementById("queue-keys");
  if (!work) return;
  const keysOn = () => localStorage.getItem(KEY) !== "off";
  const typing = (el) => el.closest("input, textarea, select, [contenteditable]") !== null;
  const heading = () => document.getElementById("asked");

  /* "ready": the question has been on screen for a moment, and nothing is on its way to the server. */
  let timer = 0;
  const rest = () => { clearTimeout(timer); delete work.dataset.ready; };
  const ready = (after) => { rest(); timer = setTimeout(() => { work.dataset.ready = ""; }, after); };

  const evidence = () => {
    const all = [...work.querySelectorAll("details.evidence")];
    const open = all.some((one) => !one.open);
    all.forEach((one) => { one.open = open; });
  };
  const SELF = {
    e: evidence,
    "/": () => document.getElementById("note")?.focus(),
    "?": () => list.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (list.open) return;
    if (event.key === "Escape" && event.target.id === "note") { heading()?.focus({ preventScroll: true }); return; }
    if (!keysOn() || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const own = Object.hasOwn(SELF, event.key);
    const door = own || !/^[a-z]$/.test(event.key) ? null : work.querySelector(`[data-key="${event.key}"]`);
    if (!own && !door) return;
    event.preventDefault();
    if (event.repeat) return;
    if (own) SELF[event.key]();
    else if (!ANSWERS.includes(event.key) || "ready" in work.dataset) door.click();
  });

  /* The list of keys, and switching them off: they get in the way of speech input and of some hands. */
  const show = () => { work.toggleAttribute("data-keys", keysOn()); };
  const box = document.getElementById("queue-single");
  box.checked = keysOn();
  box.addEventListener("change", () => { localStorage.setItem(KEY, box.checked ? "on" : "off"); show(); });
  const help = document.getElementById("queue-help");
  help.hidden = false;
  help.addEventListener("click", () => list.showModal());
  list.addEventListener("click", (event) => { if (event.target === list) list.close(); });
  show();

  /* The next question comes in the place of the last, and has the focus: a screen reader reads it out. */
  work.addEventListener("htmx:beforeRequest", rest);
  work.addEventListener("htmx:beforeSwap", (event) => {
    /* Who has been signed out meanwhile is sent to the door, not shown it here. */
    if (!event.detail.xhr.responseText.includes('id="queue"')) { event.detail.shouldSwap = false; location.reload(); }
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id !== "queue") return;
    const to = document.querySelector(".refusal a, .note.wrong textarea") ?? heading();
    to?.focus({ preventScroll: true });
    const queue = document.getElementById("queue");
    if (queue.getBoundingClientRect().top < 0) queue.scrollIntoView();
    const count = document.querySelector("#desk-nav .count");
    if (count) count.firstChild.data = queue.dataset.open;
    ready(GUARD_MS);
  });
  const failed = () => {
    const said = document.createElement("ul");
    const line = said.appendChild(document.createElement("li"));
    said.className = "said";
    line.className = "error";
    line.textContent = work.dataset.failed;
    document.getElementById("queue-said").replaceChildren(said);
    ready(0);
  };
  for (const fault of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) work.addEventListener(fault, failed);
  if (!location.hash) heading()?.focus({ preventScroll: true });
  ready(GUARD_MS);
})();
