import { ConfigFault, type Environment } from '@dispatch/access';
import { given, givenMinutes, givenWhole } from './given.js';

/** When something is worth telling a person: at these numbers or more. */
export interface Thresholds {
  /** Rejections count for so long. */
  readonly window_minutes: number;
  /** A ticket that has waited for its schedule for longer than this is stuck. */
  readonly stuck_scheduling_minutes: number;
  readonly stuck_scheduling_count: number;
  readonly completion_rejection_count: number;
  readonly idempotency_conflict_count: number;
  readonly auth_policy_rejection_count: number;
  readonly projection_lag_positions: number;
}

/** Who may see the numbers, and what they are held against. */
export interface OpsSettings {
  /** False: anybody may, as on a developer's machine. */
  readonly guarded: boolean;
  /** A secret that opens them. */
  readonly token: string | undefined;
  readonly thresholds: Thresholds;
}

export const OPS_VARIABLES = [
  'DISPATCH_OPS_TOKEN',
  'DISPATCH_ALERT_WINDOW_MINUTES',
  'DISPATCH_ALERT_STUCK_SCHEDULING_MINUTES',
  'DISPATCH_ALERT_STUCK_SCHEDULING_COUNT',
  'DISPATCH_ALERT_COMPLETION_REJECTION_COUNT',
  'DISPATCH_ALERT_IDEMPOTENCY_CONFLICT_COUNT',
  'DISPATCH_ALERT_AUTH_POLICY_COUNT',
  'DISPATCH_ALERT_PROJECTION_LAG_POSITIONS',
] as const;

/** As it must stand in a header; long enough that nobody guesses it. */
const TOKEN = /^[\x21-\x7e]{32,512}$/;
const DAY_MINUTES = 1_440;
const MOST = 1_000_000_000;

/** Reads and checks what /metrics and /ops/alerts need. In production, or with a token, they are not for everybody. */
export function readOpsSettings(env: Environment): OpsSettings {
  const token = given(env, 'DISPATCH_OPS_TOKEN');
  if (token !== undefined && !TOKEN.test(token))
    throw new ConfigFault('DISPATCH_OPS_TOKEN', 'must be 32 to 512 printable ASCII characters without spaces');
  const count = (name: (typeof OPS_VARIABLES)[number], usual: number, most = MOST) =>
    givenWhole(env, name, { usual, least: 1, most });
  return {
    guarded: token !== undefined || env['NODE_ENV'] === 'production',
    token,
    thresholds: {
      window_minutes: givenMinutes(env, 'DISPATCH_ALERT_WINDOW_MINUTES', 15, DAY_MINUTES),
      stuck_scheduling_minutes: givenMinutes(env, 'DISPATCH_ALERT_STUCK_SCHEDULING_MINUTES', 240, 365 * DAY_MINUTES),
      stuck_scheduling_count: count('DISPATCH_ALERT_STUCK_SCHEDULING_COUNT', 1),
      completion_rejection_count: count('DISPATCH_ALERT_COMPLETION_REJECTION_COUNT', 10),
      idempotency_conflict_count: count('DISPATCH_ALERT_IDEMPOTENCY_CONFLICT_COUNT', 5),
      auth_policy_rejection_count: count('DISPATCH_ALERT_AUTH_POLICY_COUNT', 25),
      projection_lag_positions: count('DISPATCH_ALERT_PROJECTION_LAG_POSITIONS', 1_000),
    },
  };
}
