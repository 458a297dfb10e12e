/* Keeps the page of the room, so that it opens without a network. It answers only where the network does not:
   whoever is online always sees what the server says. Takes are no matter of this: the page keeps them. */
"use strict";
const KEPT = "desk-room";
const ROOM = /^\/sessions\/\d+\/room\/$/;
const SLOW_MS = 5000; // after this a page that is kept is better than waiting

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", function (event) {
  if (!event.data.keep) return;
  event.waitUntil(caches.open(KEPT).then((kept) => Promise.all(event.data.keep.map((path) => kept.add(path).catch(() => {})))));
});

async function answer(request, event) {
  const kept = await caches.open(KEPT);
  const old = () => kept.match(request, { ignoreSearch: true });
  try {
    const waited = old().then((found) => found && new Promise((resolve) => { setTimeout(() => resolve(found), SLOW_MS); }));
    const asked = fetch(request);
    const response = await Promise.race([asked, waited.then((found) => found || asked)]);
    if (response.ok && response.type === "basic" && !response.redirected) event.waitUntil(kept.put(request, response.clone()));
    return response;
  } catch (error) {
    const found = await old();
    if (found) return found;
    throw error;
  }
}

self.addEventListener("fetch", function (event) {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if ((request.mode === "navigate" && ROOM.test(url.pathname)) || url.pathname.startsWith("/static/")) event.respondWith(answer(request, event));
});
