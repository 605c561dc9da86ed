// Keeps the pages themselves on this device, so that they open without a connection. What the API answers is never kept
// here: the packet keeps its last answer by itself, and knows whose it is.

// Both are written in by the build (vite.config.ts), so that each build is another worker with a cache of its own.
const VERSION = '__VERSION__';
const FILES = ['__FILES__'];

const CACHE = `dispatch-pages-${VERSION}`;
/** Milliseconds: a page on a dying connection opens from here rather than never. */
const PATIENCE = 4_000;
/** Paths that answer index.html; all else is the API's. */
const PAGES = /^\/(?:|cockpit|packets|operations|sign-in|packet\/[^/]+)\/?$/;

self.addEventListener('install', (event) => {
  // All or nothing: a worker that lacks a file never comes into use, and the one before it stays.
  const requests = FILES.map(
    (path) => new Request(path, { cache: path.startsWith('/assets/') ? 'default' : 'reload' }),
  );
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)));
});

// It takes over once no tab shows the pages of the build before: each build's pages find their own files.
self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith('dispatch-pages-') && name !== CACHE))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    if (PAGES.test(pathname)) event.respondWith(page(request));
  } else if (FILES.includes(pathname)) event.respondWith(file(request));
});

/** The service's page when it answers in time, else the kept one. */
async function page(request) {
  const kept = await caches.match('/', { cacheName: CACHE });
  const asked = fetch(request);
  if (!kept) return asked;
  const answered = asked.then((answer) => (answer.status >= 500 ? kept : answer)).catch(() => kept);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, kept));
  return Promise.race([answered, late]);
}

/** Named by its content, or part of this build: the kept one is the right one. */
const file = async (request) => (await caches.match(request, { cacheName: CACHE })) ?? fetch(request);
