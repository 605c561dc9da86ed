import { readdirSync, readFileSync } from 'node:fs';
import { layoutOf } from '../../libs/local-postgres/src/layout.js';
import { readPostmasterPid } from '../../libs/local-postgres/src/postmaster-pid.js';
import { type RunningProcess, startProcess } from '../support/process.js';

/** The service as a process of its own, with the Postgres that it starts in its data folder. */
export interface RunningService extends RunningProcess {
  /** Takes its Postgres away at once; the service is to start it again. */
  killPostgres(): Promise<void>;
  /** Sends all processes of its Postgres a signal: SIGSTOP makes it stand still, SIGCONT go on. */
  signalPostgres(signal: NodeJS.Signals): Promise<void>;
}

/** Starts it and waits until it listens. */
export async function startService(
  dataDir: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<RunningService> {
  return {
    ...(await startProcess('dispatch-api', { DISPATCH_DATA_DIR: dataDir, ...settings })),
    async killPostgres() {
      const running = await readPostmasterPid(layoutOf(dataDir).postmasterPid);
      if (!running) throw new Error('the service runs no Postgres');
      process.kill(running.pid, 'SIGKILL');
    },
    async signalPostgres(signal) {
      const running = await readPostmasterPid(layoutOf(dataDir).postmasterPid);
      if (!running) throw new Error('the service runs no Postgres');
      // Its backends set sessions of their own, so no group reaches them all.
      for (const pid of [running.pid, ...childrenOf(running.pid)]) process.kill(pid, signal);
    },
  };
}

function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);
}

/** Undefined for a process that has just ended. */
function parentOf(pid: number): number | undefined {
  try {
    return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}
