/* Firsthand's service worker: shows what is pushed, keeps the pages of what was told so that they open without a
   network, and does nothing else. It answers for pages of stories and alerts alone, the network first; whatever it
   keeps is forgotten when the person signs out. ADDRESSES stands above this text: views/push.py writes it there. */
/* global ADDRESSES */
"use strict";

const PAGES = "firsthand-pages-1";
const PARTS = "firsthand-parts-1";
/* Pages that are kept: some days of alerts for most people, and 3 MB or so. */
const MOST_PAGES = 30;
/* A page has about twenty stylesheets and scripts; those of two deployments may be in use at once. */
const MOST_PARTS = 60;
const KEPT_AT = "x-firsthand-kept-at";

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keepOffline(navigator.language));
});

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  const old = (await caches.keys()).filter((name) => name.startsWith("firsthand-") && name !== PAGES && name !== PARTS);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
})()));

/* ---- What is pushed ---- */

self.addEventListener("push", (event) => event.waitUntil((async () => {
  const told = read(event.data);
  const begun = departures;
  /* Shown first: a browser that sees no notification takes the right to push away, and fetching may take long. */
  await self.registration.showNotification(told.title, {
    body: told.body, tag: told.tag, lang: told.lang, dir: "auto", icon: ADDRESSES.icon, data: { url: told.url },
  });
  /* Whoever signed out while it was being shown leaves it no more than those that were there. */
  if (begun !== departures) return void await silence();
  await Promise.allSettled([...told.keep.map((one) => keepPage(one, told.lang)), keepOffline(told.lang)]);
})()));

/* A push as it should be; what is missing or no JSON at all becomes a plain word that there is something. */
const read = (data) => {
  let given = {};
  try { given = data?.json() ?? {}; } catch { /* no JSON: there is nothing in it to show */ }
  const text = (value, otherwise) => (typeof value === "string" && value ? value : otherwise);
  const url = ours(text(given.url ?? given.data?.url, ADDRESSES.alerts));
  const keep = Array.isArray(given.keep) ? given.keep.filter((one) => typeof one === "string").map(ours) : [];
  return {
    title: text(given.title, "Firsthand"),
    body: text(given.body, ""),
    tag: text(given.tag, ""),
    lang: text(given.lang, ""),
    url,
    keep: [...new Set([url, ...keep].map(path))].filter(keepable).slice(0, 3),
  };
};

/* An address on this server, whatever host it names: a push can't lead anywhere else. */
const ours = (address) => {
  try {
    const url = new URL(address, self.location.origin);
    return /^https?:$/.test(url.protocol) ? url.pathname + url.search + url.hash : ADDRESSES.alerts;
  } catch { return ADDRESSES.alerts; }
};
const path = (address) => new URL(address, self.location.origin).pathname;
const keepable = (pathname) => ADDRESSES.kept.some((under) => pathname.startsWith(under));

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data?.url ?? ADDRESSES.alerts, self.location.origin).href;
  event.waitUntil((async () => {
    const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const there = open.find((client) => client.url === url);
    return there ? there.focus() : self.clients.openWindow(url);
  })());
});

/* The browser has a new address for pushes: the server is told, if the person is signed in still. */
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil((async () => {
  const asked = await fetch(ADDRESSES.subscribe, { headers: { Accept: "application/json" } });
  if (!asked.ok) return;
  const { key, csrf } = await asked.json();
  const subscription = event.newSubscription
    ?? await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  await fetch(ADDRESSES.subscribe, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify({ subscription, instead: event.oldSubscription?.endpoint ?? "" }),
  });
})()));

/* ---- What is kept ---- */

/* A page as it is now, with the stylesheets and scripts that it needs. A story's is kept as everybody sees it: asked for
   in the person's name, it would count as a visit of theirs, and what is new since their last one would be lost. */
const keepPage = async (address, lang) => {
  const begun = departures;
  const credentials = address.startsWith(ADDRESSES.alerts) ? "same-origin" : "omit";
  const answer = await fetch(address, { credentials, headers: wishes(lang) });
  /* Where it leads to the page for signing in, there is nothing to keep. */
  if (!answer.ok || !keepable(new URL(answer.url).pathname)) return;
  const text = await answer.text();
  const cache = await caches.open(PAGES);
  /* Whoever signed out meanwhile leaves nothing: neither this one, nor the cache that asking for it made anew. */
  if (begun === departures) await cache.put(address, stamped(text, answer.headers));
  if (begun !== departures) return void await caches.delete(PAGES);
  await bound(cache, MOST_PAGES);
  await keepParts(text);
};

/* The page that is shown where nothing is kept, made for nobody in particular. */
const keepOffline = async (lang) => {
  const answer = await fetch(ADDRESSES.offline, { credentials: "omit", headers: wishes(lang) });
  if (!answer.ok) return;
  const text = await answer.text();
  await (await caches.open(PARTS)).put(ADDRESSES.offline, stamped(text, answer.headers));
  await keepParts(text);
};

const wishes = (lang) => ({ Accept: "text/html", ...(lang ? { "Accept-Language": lang } : {}) });

const keepParts = async (text) => {
  const cache = await caches.open(PARTS);
  const named = [...text.matchAll(/<(?:link rel="stylesheet" href|script src)="([^"]+)"/g)].map((found) => found[1]);
  await Promise.allSettled(named.filter((one) => path(one).startsWith(ADDRESSES.parts)).map(async (one) => {
    const answer = await fetch(one);
    if (answer.ok) await cache.put(one, answer);
  }));
  /* The offline page is among them and was put before: it is put again, as what was put last goes last. */
  const offline = await cache.match(ADDRESSES.offline);
  if (offline) await cache.put(ADDRESSES.offline, offline);
  await bound(cache, MOST_PARTS);
};

/* Caches list what was put first first. */
const bound = async (cache, most) => {
  const names = await cache.keys();
  await Promise.all(names.slice(0, Math.max(0, names.length - most)).map((name) => cache.delete(name)));
};

const stamped = (text, headers, at = new Date().toISOString()) => {
  const own = new Headers(headers);
  for (const name of ["content-encoding", "content-length", "set-cookie", "vary"]) own.delete(name);
  own.set(KEPT_AT, at);
  return new Response(text, { headers: own });
};

/* How often somebody has signed out while this worker ran: what was asked for before that is not to be kept after it. */
let departures = 0;

const forget = async () => {
  departures += 1;
  await silence();
  await caches.delete(PAGES);
};

const silence = async () => {
  for (const notification of await self.registration.getNotifications()) notification.close();
};

/* ---- What is asked for ---- */

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  /* Only watched, not answered for: whoever signs out leaves nothing to read behind. */
  if (request.method === "POST" && ADDRESSES.leaving.includes(url.pathname)) event.waitUntil(forget());
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && keepable(url.pathname)) event.respondWith(page(request, url));
  else if (["style", "script"].includes(request.destination) && url.pathname.startsWith(ADDRESSES.parts)) event.respondWith(part(request));
});

const page = async (request, url) => {
  try { return await fetch(request); } catch { /* no network, or no server: what was kept */ }
  const kept = await (await caches.open(PAGES)).match(url.pathname, { ignoreVary: true });
  const offline = await (await caches.open(PARTS)).match(ADDRESSES.offline, { ignoreVary: true });
  if (kept) return marked(kept, offline);
  return offline ? listing(offline) : Response.error();
};

/* A stylesheet or script of a kept page. */
const part = async (request) => {
  try { return await fetch(request); } catch { /* as above */ }
  return (await (await caches.open(PARTS)).match(request, { ignoreVary: true })) ?? Response.error();
};

/* The kept page with a mark above it that it is one, and of when. */
const marked = async (kept, offline) => {
  const at = kept.headers.get(KEPT_AT);
  const words = offline ? await offline.text() : "";
  const mark = within(words, "kept").replaceAll("{time}", moment(at, /<html lang="([^"]+)"/.exec(words)?.[1]));
  const text = (await kept.text()).replace(/<main\b[^>]*>/, (main) => main + mark);
  return stamped(text, kept.headers, at);
};

/* The offline page with the pages that are kept, the newest first. */
const listing = async (offline) => {
  const cache = await caches.open(PAGES);
  const rows = await Promise.all((await cache.keys()).reverse().map(async (name) => {
    const kept = await cache.match(name, { ignoreVary: true });
    /* A title as it stood in the page, escaped there. */
    const title = /<title>([\s\S]*?)<\/title>/.exec(await kept.text())?.[1] ?? "";
    return `<li><a href="${new URL(name.url).pathname}">${title.replace(/ · Firsthand\s*$/, "")}</a></li>`;
  }));
  const text = await offline.text();
  const list = rows.length ? within(text, "list").replace("{rows}", () => rows.join("")) : "";
  return stamped(text.replace("<!-- kept pages -->", () => list), offline.headers, offline.headers.get(KEPT_AT));
};

/* What stands in one of the offline page's templates; a worker has no parser, and this page is our own. */
const within = (text, name) => new RegExp(`<template data-${name}>([\\s\\S]*?)</template>`).exec(text)?.[1] ?? "";

const moment = (at, lang) => new Intl.DateTimeFormat(lang || undefined, { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
