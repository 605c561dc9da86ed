import { existsSync } from 'node:fs';
import { join } from 'node:path';
import staticFiles from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Paths of the pages: the script that index.html loads knows which one it is. */
const PAGES = ['/', '/sign-in', '/cockpit', '/packets', '/packet/:id', '/operations'];

/**
 * What the pages' documents may load and speak to: the service itself, and `elsewhere`, the origin of an object store
 * that photos are sent to and shown from.
 */
const contentPolicy = (elsewhere: string | undefined): string => {
  const self = elsewhere ? `'self' ${elsewhere}` : "'self'";
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src ${self} blob: data:`,
    `connect-src ${self}`,
    "font-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join(';');
};

/**
 * Serves what was built into `folder`, if it is there: what has its content's hash in its name for ever, the rest never
 * without asking.
 */
export async function servePages(server: FastifyInstance, folder: string, elsewhere?: string): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) return;
  const policy = contentPolicy(elsewhere);
  await server.register(staticFiles, {
    root: folder,
    // A route a file, so that a path that is none of them is answered as every unknown one.
    wildcard: false,
    index: false,
    preCompressed: true,
    cacheControl: false,
    setHeaders(reply, path) {
      const lasts = path.includes(`${join(folder, 'assets')}/`);
      reply.headers({
        'cache-control': lasts ? 'public, max-age=31536000, immutable' : 'no-cache',
        'content-security-policy': policy,
      });
    },
  });
  for (const page of PAGES) server.get(page, (_request, reply) => reply.sendFile('index.html'));
}
