import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';

/** Where alerts' pages are read, without the name. */
export const RUNBOOKS_URL = '/runbooks';

/** Serves the pages that alerts name as they are written, for everybody: they tell nothing of a company. */
export function serveRunbooks(server: FastifyInstance, folder: string): boolean {
  if (!existsSync(folder)) return false;
  // Read once and routed by name, so that no path of a request ever meets the file system.
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.md'))) {
    const text = readFileSync(join(folder, file), 'utf8');
    server.get(`${RUNBOOKS_URL}/${file.slice(0, -'.md'.length)}`, (_request, reply) =>
      reply.type('text/plain; charset=utf-8').send(text),
    );
  }
  return true;
}
