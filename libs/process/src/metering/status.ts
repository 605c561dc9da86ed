import type { EventStore } from '@dispatch/event-store';
import type { ReadModels } from '@dispatch/projection';
import type { Meters } from '@dispatch/telemetry';
import { inTime } from '../in-time.js';

/**
 * How far log and read models are, looked up in the database: every process of one installation tells the same. What
 * cannot be looked up is not told, and the two `_up` say so.
 */
export function meterStatus(
  meters: Meters,
  { store, models }: { readonly store: Pick<EventStore, 'head'>; readonly models: Pick<ReadModels, 'status'> },
): void {
  meters.looked(
    {
      dispatch_log_up: '1 when the log answers',
      dispatch_read_models_up: '1 when the read models answer',
      dispatch_log_position: 'Position of the newest event',
      dispatch_projection_live: '1 while the projection is live; 0 when it is missing or stopped',
      dispatch_projection_position: 'Position of the newest event that is folded in',
      dispatch_projection_lag_positions: 'Positions between the newest event and the checkpoint',
      dispatch_projection_lag_seconds: 'How long the oldest event that is not folded in has waited',
      dispatch_projection_silent_seconds: 'Since the runner last gave a sign of life; not there when none ever did',
      dispatch_projection_still_seconds: 'Since the checkpoint last moved',
      dispatch_projection_parked_keys: 'Keys whose event could not be folded, up to 10,000',
      dispatch_projection_building_position: 'How far a rebuild is that runs beside the live table',
    },
    async (report) => {
      const [head, status] = await Promise.all([inTime(store.head()), inTime(models.status())]);
      report('dispatch_log_up', 'answer' in head ? 1 : 0);
      report('dispatch_read_models_up', 'answer' in status ? 1 : 0);
      if ('answer' in head) report('dispatch_log_position', numbered(head.answer));
      if (!('answer' in status)) return;
      for (const { name: projection, ...one } of status.answer) {
        report('dispatch_projection_live', one.state === 'live' ? 1 : 0, { projection });
        report('dispatch_projection_position', numbered(one.position), { projection });
        report('dispatch_projection_lag_positions', one.lagPositions, { projection });
        report('dispatch_projection_lag_seconds', one.lagSeconds, { projection });
        report('dispatch_projection_still_seconds', one.stillSeconds, { projection });
        if (one.silentSeconds !== undefined)
          report('dispatch_projection_silent_seconds', one.silentSeconds, { projection });
        report('dispatch_projection_parked_keys', one.parkedCount, { projection });
        for (const { position } of one.building.slice(0, 1))
          report('dispatch_projection_building_position', numbered(position), { projection });
      }
    },
  );
}

const numbered = (position: string): number => (position === 'start' ? 0 : Number(position));
