// Keeps the driver's page as it was last seen, and shows that when there is no network.
const KEPT = "jitney-drive-1";
const ASSETS = ["/assets/page.css", "/assets/driver.js", "/assets/icon.svg"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(ASSETS)));
  self.skipWaiting();
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const path = new URL(event.request.url).pathname;
  if (event.request.method !== "GET" || !(path.startsWith("/drive") || ASSETS.includes(path))) return;
  if (path === "/drive/worker.js") return;
  event.respondWith((async () => {
    const cache = await caches.open(KEPT);
    try {
      const answer = await fetch(event.request);
      if (answer.redirected) {
        // Signed out: what was kept is somebody's own.
        await caches.delete(KEPT);
      } else if (answer.ok) {
        await cache.put(event.request, answer.clone());
      }
      return answer;
    } catch (error) {
      const kept = await cache.match(event.request);
      if (kept) return kept;
      throw error;
    }
  })());
});
