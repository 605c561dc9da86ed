/** GET /ops/projections */
export interface ProjectionsAnswer {
  readonly generated_at: string;
  readonly head_position: Position;
  readonly projections: readonly ProjectionRow[];
}

/** A log position: digits, or a number where they are few enough. */
export type Position = string | number;

export interface ProjectionRow {
  readonly name: string;
  readonly version: number;
  readonly state: string;
  readonly checkpoint_position: Position | null;
  readonly lag_positions: number;
  readonly lag_seconds: number;
  /** Keys set aside because an event of theirs could not be folded. */
  readonly parked: number;
  /** Null when none goes on. */
  readonly rebuild: null | {
    readonly state: string;
    readonly position: Position | null;
    readonly target_position: Position | null;
  };
}

/** GET /ops/rejections: of the process that answers, newest first. */
export interface RejectionsAnswer {
  readonly generated_at: string;
  readonly since: string;
  readonly rejections: readonly RejectionRow[];
}

export interface RejectionRow {
  readonly at: string;
  readonly code: string;
  readonly endpoint: string;
  readonly method: string;
  readonly status: number;
  readonly actor_role: string | null;
  readonly tool_name: string | null;
  readonly ticket_id: string | null;
}

/** GET /ops/alerts (contract, section 7). */
export interface AlertsAnswer {
  readonly generated_at: string;
  readonly alerts: readonly AlertRow[];
}

export interface AlertRow {
  readonly code: string;
  readonly severity: string;
  readonly count: number;
  readonly threshold: number;
  readonly stale_minutes?: number;
  readonly runbook: string;
}

/** GET /ready when it is. */
export interface ReadyAnswer {
  readonly status: string;
  readonly parked_keys: number;
}

/** Of a rebuild, 0 to 1; undefined before it is known how far it has to go. */
export function progressOf({ rebuild }: Pick<ProjectionRow, 'rebuild'>): number | undefined {
  const at = Number(rebuild?.position ?? Number.NaN);
  const to = Number(rebuild?.target_position ?? Number.NaN);
  return Number.isFinite(at) && to > 0 ? Math.min(1, Math.max(0, at / to)) : undefined;
}

/** `docs/runbooks/projection-lag.md` → where it can be read; undefined where the service serves none. */
export function runbookLink(runbook: string, base: string | undefined): string | undefined {
  const [, name] = /([a-z0-9-]+)\.md$/.exec(runbook) ?? [];
  return base && name ? `${base.replace(/\/$/, '')}/${name}` : undefined;
}
