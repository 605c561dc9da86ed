import type { StreamsUse } from '@dispatch/commands';
import type { Policy } from '@dispatch/policy';
import { inTime, type Thresholds } from '@dispatch/process';
import { countBreaches, countByState, countTransitions, type Queryable } from '@dispatch/projections';
import type { Meters } from '@dispatch/telemetry';
import { ALERTS, type Signals } from './signals.js';

export interface BusinessParts {
  readonly db: Queryable;
  readonly policy: Policy;
  readonly signals: () => Promise<Signals>;
  readonly thresholds: Thresholds;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Tickets as the log has them, and the signals of the alerts. All processes of an installation tell the same of tickets. */
export function meterBusiness(meters: Meters, { db, policy, signals, thresholds, clock }: BusinessParts): void {
  meters.looked(
    {
      dispatch_tickets: 'Tickets by state',
      dispatch_ticket_transitions_total: 'How often tickets went from state to state; from nothing where they are new',
      dispatch_sla_breaches: 'Tickets past their deadline whose clock runs',
    },
    async (report) => {
      const { targetMinutes } = policy.sla;
      const now = new Date(clock()).toISOString();
      const found = await inTime(
        Promise.all([
          countByState(db),
          countTransitions(db),
          countBreaches(db, { now, target_minutes: targetMinutes }),
        ]),
      );
      if ('error' in found) return;
      const [states, transitions, breaches] = found.answer;
      for (const { state, count } of states) report('dispatch_tickets', count, { state });
      for (const { from_state, to_state, count } of transitions)
        report('dispatch_ticket_transitions_total', count, { from_state: from_state ?? '', to_state });
      report('dispatch_sla_breaches', breaches);
    },
  );
  meters.looked(
    {
      dispatch_alert_signal: 'What the alert of this code is raised by; rejections are those of this process',
      dispatch_alert_threshold: 'Where the signal raises the alert',
    },
    async (report) => {
      for (const { code, signal } of ALERTS) report('dispatch_alert_threshold', thresholds[signal], { code });
      const found = await inTime(signals());
      if ('error' in found) return;
      for (const { code, signal } of ALERTS) report('dispatch_alert_signal', found.answer[signal], { code });
    },
  );
}

/** How well the states of recent tickets, which are kept in memory, serve. */
export function meterCache(meters: Meters, use: () => StreamsUse): void {
  meters.looked(
    {
      dispatch_ticket_cache_hits_total: 'Commands that found their ticket in memory',
      dispatch_ticket_cache_misses_total: 'Commands that had to read their ticket',
      dispatch_ticket_cache_tickets: 'Tickets in memory',
      dispatch_ticket_cache_bytes: 'About the memory that they take',
    },
    (report) => {
      const { hits, misses, streams, bytes } = use();
      report('dispatch_ticket_cache_hits_total', hits);
      report('dispatch_ticket_cache_misses_total', misses);
      report('dispatch_ticket_cache_tickets', streams);
      report('dispatch_ticket_cache_bytes', bytes);
    },
  );
}

export function meterStreams(meters: Meters, { count }: { readonly count: () => number }): void {
  meters.looked({ dispatch_open_streams: 'Pages that are told of changes by this process' }, (report) =>
    report('dispatch_open_streams', count()),
  );
}
