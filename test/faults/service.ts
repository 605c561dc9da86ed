import { layoutOf } from '../../libs/local-postgres/src/layout.js';
import { readPostmasterPid } from '../../libs/local-postgres/src/postmaster-pid.js';
import { type RunningProcess, startProcess } from '../support/process.js';

/** The service as a process of its own, with the Postgres that it starts in its data folder. */
export interface RunningService extends RunningProcess {
  /** Takes its Postgres away at once; the service is to start it again. */
  killPostgres(): Promise<void>;
}

/** Starts it and waits until it listens. */
export async function startService(dataDir: string): Promise<RunningService> {
  return {
    ...(await startProcess('dispatch-api', { DISPATCH_DATA_DIR: dataDir })),
    async killPostgres() {
      const running = await readPostmasterPid(layoutOf(dataDir).postmasterPid);
      if (!running) throw new Error('the service runs no Postgres');
      process.kill(running.pid, 'SIGKILL');
    },
  };
}
