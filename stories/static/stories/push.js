/* Alerts in this browser: says how things stand, asks for permission on a click only, and tells the server. The words
   are in the page (templates/stories/_way_push.html); here is only which of them are shown. */
"use strict";
(() => {
  const box = document.querySelector("[data-push]");
  if (!box) return;
  const { key, subscribe: address, worker, page } = box.dataset;
  const csrf = box.querySelector("[name=csrfmiddlewaretoken]").value;

  const show = (name, reason = "") => {
    box.querySelectorAll("[data-state]").forEach((part) => { part.hidden = part.dataset.state !== name; });
    box.querySelector("[data-reason]").textContent = reason;
  };

  const hex = async (text) => {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const same = (buffer, text) => {
    const [a, b] = [new Uint8Array(buffer ?? []), bytes(text)];
    return a.length === b.length && a.every((byte, at) => byte === b[at]);
  };

  /* The row of this browser in the list of ways, marked as such. */
  const row = async (subscription) => {
    if (!subscription) return null;
    const found = document.querySelector(`[data-endpoint="${await hex(subscription.endpoint)}"]`);
    const mark = found?.querySelector("[data-this]");
    if (mark) mark.hidden = false;
    return found;
  };

  const tell = async (method, body) => {
    const answer = await fetch(address, {
      method, headers: { "Content-Type": "application/json", "X-CSRFToken": csrf }, body: JSON.stringify(body),
    });
    if (answer.ok) return;
    const said = await answer.json().catch(() => ({}));
    throw new Error(said.error || `${answer.status} ${answer.statusText}`);
  };

  const look = async () => {
    if (!isSecureContext) return show("insecure");
    if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return show("unsupported");
    if (Notification.permission === "denied") return show("denied");
    const registration = await navigator.serviceWorker.getRegistration("/");
    const subscription = await registration?.pushManager.getSubscription();
    return show((await row(subscription)) && Notification.permission === "granted" ? "on" : "off");
  };

  const on = async () => {
    show("working");
    /* First of all: browsers let only a fresh click ask. */
    const permission = await Notification.requestPermission();
    if (permission !== "granted") return show(permission === "denied" ? "denied" : "off");
    await navigator.serviceWorker.register(worker, { scope: "/" });
    const { pushManager } = await navigator.serviceWorker.ready;
    let subscription = await pushManager.getSubscription();
    if (subscription && !same(subscription.options?.applicationServerKey, key)) {
      /* Made for a key that this server no longer has. */
      await subscription.unsubscribe();
      subscription = null;
    }
    subscription ??= await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
    await tell("POST", { subscription });
    return location.assign(page);
  };

  const off = async () => {
    show("working");
    const registration = await navigator.serviceWorker.getRegistration("/");
    const subscription = await registration?.pushManager.getSubscription();
    if (subscription) {
      await tell("DELETE", { endpoint: subscription.endpoint });
      await subscription.unsubscribe();
    }
    return location.assign(page);
  };

  const tried = (act) => act().catch((error) => show("failed", error.message));
  box.addEventListener("click", (event) => {
    if (event.target.closest("[data-on]")) tried(on);
    if (event.target.closest("[data-off]")) tried(off);
  });
  tried(look);
})();
