import type { ReadModels } from '@dispatch/projection';
import { READ_MODELS } from '@dispatch/projections';
import { until } from '../../libs/projection/src/testing/world.js';

/** How long the first tables may take on a machine that is busy with other tests, in milliseconds. */
const FIRST_TABLES_MS = 120_000;

/** Until each read model is live, and somebody keeps it so. */
export const areKept = (models: Pick<ReadModels, 'status'>): Promise<void> =>
  until(
    'read models that are live and kept',
    async () => {
      // A database that is slow to answer is asked again.
      const status = await models.status().catch(() => []);
      const kept = status.filter((one) => one.state === 'live' && one.silentSeconds !== undefined);
      return kept.length === READ_MODELS.length;
    },
    FIRST_TABLES_MS,
  );
