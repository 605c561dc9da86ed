import { actorKeyOf } from './actor-key.js';
import type { Credentials } from '../api/credentials.js';
import type { Request } from './deliver.js';
import { openDevice } from './device.js';
import { createOutbox, type Outbox } from './outbox.js';

/** The one set of drawers of this page. */
export const device = openDevice();

/** Milliseconds after which a request on a dying connection is given up; it is sent again later. */
const REQUEST_MS = 30_000;
const UPLOAD_MS = 180_000;

/** The outbox of whoever is signed in, by the means of this browser. */
export function openOutbox(credentials: Credentials, request: Request, delivered: (ticketId: string) => void): Outbox {
  const name = `dispatch.outbox.${actorKeyOf(credentials)}`;
  const other = new BroadcastChannel(name);
  const outbox = createOutbox({
    storage: device,
    actor: actorKeyOf(credentials),
    request: (path, given = {}) => request(path, { ...given, signal: AbortSignal.timeout(REQUEST_MS) }),
    put: async (url, headers, body) => {
      const signal = AbortSignal.timeout(UPLOAD_MS);
      return (await fetch(url, { method: 'PUT', headers: { ...headers }, body, signal })).status;
    },
    // Where there are no locks two tabs may send the same; its key makes that harmless.
    alone: async (work) => {
      if ('locks' in navigator) await navigator.locks.request(name, work);
      else await work();
    },
    channel: {
      tell: () => other.postMessage('changed'),
      listen: (heard) => {
        other.addEventListener('message', heard);
        return () => other.close();
      },
    },
    newKey: () => crypto.randomUUID(),
    clock: Date.now,
    after: (ms, work) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
    delivered,
  });
  const wake = () => {
    if (document.visibilityState === 'visible') outbox.wake();
  };
  window.addEventListener('online', wake);
  document.addEventListener('visibilitychange', wake);
  outbox.wake();
  return {
    ...outbox,
    stop: () => {
      window.removeEventListener('online', wake);
      document.removeEventListener('visibilitychange', wake);
      outbox.stop();
    },
  };
}
