import { join } from 'node:path';
import { build, isBuilt } from './build.mjs';
import { installDependencies, staleDependencies } from './dependencies.mjs';
import { say } from './failure.mjs';
import { withLock } from './lock.mjs';
import { root } from './root.mjs';
import { installRuntime, lacksRuntime } from './runtime.mjs';

/**
 * Makes the checkout fit to run: dependencies as the lockfile says, a Node that is new enough and, if asked for,
 * a build of the sources as they are. Does nothing where nothing is to do; one process at a time otherwise.
 *
 * @throws {import('./failure.mjs').Failure}
 */
export async function prepare({ build: wantsBuild }) {
  const isReady = () => staleDependencies() === undefined && !lacksRuntime() && (!wantsBuild || isBuilt());
  if (isReady()) return;
  await withLock(
    join(root, '.dispatch', 'prepare.lock'),
    async () => {
      const stale = staleDependencies();
      if (stale) await installDependencies(stale);
      if (lacksRuntime()) await installRuntime();
      if (wantsBuild && !isBuilt()) await build();
    },
    (holder) => say(`waiting for pid ${holder}, which prepares this checkout already`),
  );
}
