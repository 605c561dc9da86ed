import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where things lie under a data folder. Only `data`, `sockets`, `postmasterPid` and `socketLock` belong to Postgres' own user. */
export interface Layout {
  readonly dataDir: string;
  /** Everything of the embedded Postgres. */
  readonly home: string;
  /** The cluster. It exists only when it is complete: it is made elsewhere and then renamed. */
  readonly cluster: string;
  readonly postmasterPid: string;
  /** Folder of the Unix-domain socket; unused on Windows. */
  readonly sockets: string;
  /** Names the process that listens there, as postmaster.pid does. */
  readonly socketLock: string;
  readonly log: string;
  readonly credentials: string;
  /** Held locked by the process that owns the folder. */
  readonly lock: string;
  /** Who that is, for people. */
  readonly owner: string;
}

/** `sockaddr_un` ends at 104 bytes on macOS, at 108 on Linux; the name in the folder takes 15 and a slash. */
const LONGEST_SOCKET_DIR = 86;

export function layoutOf(dataDir: string): Layout {
  const absolute = resolve(dataDir);
  const home = join(absolute, 'postgres');
  const cluster = join(home, 'data');
  const roomy = join(home, 'socket');
  const sockets = Buffer.byteLength(roomy) <= LONGEST_SOCKET_DIR ? roomy : shortSocketDir(absolute);
  return {
    dataDir: absolute,
    home,
    cluster,
    postmasterPid: join(cluster, 'postmaster.pid'),
    sockets,
    socketLock: join(sockets, '.s.PGSQL.5432.lock'),
    log: join(home, 'postgres.log'),
    credentials: join(home, 'credentials.json'),
    lock: join(home, 'owner.lock'),
    owner: join(home, 'owner.json'),
  };
}

/** Where a data folder is made before it is complete. */
export function draftOf(dataDir: string): string {
  return join(resolve(dataDir), 'restoring');
}

function shortSocketDir(dataDir: string): string {
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  return join(tmpdir(), `dispatch-${name}`);
}
