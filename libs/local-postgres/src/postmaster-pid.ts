import { readIfThere } from './files.js';
import type { Address } from './urls.js';

/** What a running Postgres says of itself in its cluster's postmaster.pid. */
export interface PostmasterPid {
  readonly pid: number;
  /** Undefined while it is starting. */
  readonly address: Address | undefined;
  /** It takes connections. */
  readonly ready: boolean;
}

/** Undefined when no Postgres runs, or when it has only begun to write. */
export async function readPostmasterPid(path: string): Promise<PostmasterPid | undefined> {
  // Lines: pid, cluster, start time, port, socket folder, listen address, shared memory, status.
  const [pid, , , port, sockets, listens, , status] = ((await readIfThere(path)) ?? '').split('\n');
  if (!pid || !/^\d+$/.test(pid)) return undefined;
  const host = sockets || listens;
  return {
    pid: Number(pid),
    address: port && host ? { host, port: Number(port) } : undefined,
    ready: status?.trim() === 'ready',
  };
}
