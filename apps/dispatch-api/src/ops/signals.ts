import type { Thresholds } from '@dispatch/process';
import type { ReadModels } from '@dispatch/projection';
import { countStuckScheduling } from '@dispatch/projections';
import type { AnswerRead } from '../reads/read-answers.js';
import type { RequestCounts } from './request-counts.js';

/** What alerts are made of. Rejections are those of this process within the window; the rest is of the whole. */
export interface Signals {
  readonly stuck_scheduling_count: number;
  readonly completion_rejection_count: number;
  readonly idempotency_conflict_count: number;
  readonly auth_policy_rejection_count: number;
  /** Of the projection that is furthest behind. */
  readonly projection_lag_positions: number;
}

/** An alert as a table row: what raises it, how bad that is, and what to do. */
export interface AlertRow {
  readonly code: string;
  readonly severity: 'warning' | 'critical';
  readonly signal: keyof Signals;
  /** A page of this repository. */
  readonly runbook: string;
}

/** deploy/prometheus/alerts.yml has the same ones. */
export const ALERTS: readonly AlertRow[] = [
  {
    code: 'STUCK_SCHEDULING',
    severity: 'warning',
    signal: 'stuck_scheduling_count',
    runbook: 'docs/runbooks/stuck-scheduling.md',
  },
  {
    code: 'COMPLETION_REJECTION_SPIKE',
    severity: 'warning',
    signal: 'completion_rejection_count',
    runbook: 'docs/runbooks/completion-rejected.md',
  },
  {
    code: 'IDEMPOTENCY_CONFLICT_SPIKE',
    severity: 'warning',
    signal: 'idempotency_conflict_count',
    runbook: 'docs/runbooks/idempotency-conflicts.md',
  },
  {
    code: 'AUTH_POLICY_FAILURE_SPIKE',
    severity: 'critical',
    signal: 'auth_policy_rejection_count',
    runbook: 'docs/runbooks/auth-policy-failures.md',
  },
  {
    code: 'PROJECTION_LAG',
    severity: 'critical',
    signal: 'projection_lag_positions',
    runbook: 'docs/runbooks/projection-lag.md',
  },
];

export interface SignalParts {
  readonly counts: Pick<RequestCounts, 'recent'>;
  readonly models: Pick<ReadModels, 'status'>;
  /** Names of the projections that count. */
  readonly names: readonly string[];
  readonly thresholds: Thresholds;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

const MINUTE_MS = 60_000;

/** Looks the signals up. @throws what keeps the read models away */
export async function signalsNow(
  { counts, models, names, thresholds, clock }: SignalParts,
  answer: AnswerRead,
): Promise<Signals> {
  const before = new Date(clock() - thresholds.stuck_scheduling_minutes * MINUTE_MS).toISOString();
  const [stuck, status] = await Promise.all([
    answer({
      models: ['operations'],
      atLeast: undefined,
      query: async (db) => ({ body: await countStuckScheduling(db, before), stale: false }),
    }),
    models.status(),
  ]);
  const lags = status.filter(({ name }) => names.includes(name)).map(({ lagPositions }) => lagPositions);
  return {
    stuck_scheduling_count: stuck.body,
    completion_rejection_count: counts.recent('completion'),
    idempotency_conflict_count: counts.recent('idempotency'),
    auth_policy_rejection_count: counts.recent('access'),
    projection_lag_positions: Math.max(0, ...lags),
  };
}

export interface Alert {
  readonly code: string;
  readonly severity: AlertRow['severity'];
  readonly count: number;
  readonly threshold: number;
  /** How long a ticket must have waited to count. */
  readonly stale_minutes?: number;
  readonly runbook: string;
}

/** The alerts that these signals raise: those that have reached their threshold, in the table's order. */
export function alertsOf(signals: Signals, thresholds: Thresholds): readonly Alert[] {
  return ALERTS.filter(({ signal }) => signals[signal] >= thresholds[signal]).map(
    ({ code, severity, signal, runbook }) => ({
      code,
      severity,
      count: signals[signal],
      threshold: thresholds[signal],
      ...(signal === 'stuck_scheduling_count' && { stale_minutes: thresholds.stuck_scheduling_minutes }),
      runbook,
    }),
  );
}
