import { isDeepStrictEqual } from 'node:util';
import type { Difference, Progress, ProjectionStatus, ReadModel } from '@dispatch/projection';

/** A projection as the database has it, with the version that this release brings. */
export interface Listed extends ProjectionStatus {
  readonly codeVersion: number;
}

/** Every projection of this release, whether it has a table yet or not. */
export function listed(
  models: readonly ReadModel[],
  statuses: readonly ProjectionStatus[],
  head: ProjectionStatus['head'],
): Listed[] {
  return models.map(({ name, version: codeVersion }) => {
    const status = statuses.find((one) => one.name === name) ?? missing(name, head);
    return { ...status, codeVersion };
  });
}

const missing = (name: string, head: ProjectionStatus['head']): ProjectionStatus => ({
  name,
  state: 'missing',
  pinned: false,
  position: 'start',
  head,
  lagPositions: head === 'start' ? 0 : Number(head),
  lagSeconds: 0,
  stillSeconds: 0,
  building: [],
  kept: [],
  parkedCount: 0,
  parked: [],
});

const HEADINGS = ['projection', 'version', 'state', 'checkpoint', 'behind', 'seconds', 'parked', 'table', 'kept'];

/** A table, and below it what an operator has to know of projections that are not as they should be. */
export function listLines(projections: readonly Listed[]): string[] {
  return [...columns([HEADINGS, ...projections.map(cells)]), ...projections.flatMap(troubles)];
}

function cells(one: Listed): string[] {
  return [
    one.name,
    one.version === undefined || one.version === one.codeVersion
      ? `${one.codeVersion}`
      : `${one.version} (code: ${one.codeVersion})`,
    one.pinned ? `${one.state}, pinned` : one.state,
    one.position,
    grouped(one.lagPositions),
    grouped(Math.round(one.lagSeconds)),
    grouped(one.parkedCount),
    one.table ?? '-',
    one.kept.map(({ tableName }) => tableName).join(' ') || '-',
  ];
}

/** A runner that lives is heard of every second. */
const SILENT_SECONDS = 8;

function silence({ name, state, silentSeconds, runner }: Listed): string[] {
  if (state !== 'live' || (silentSeconds !== undefined && silentSeconds <= SILENT_SECONDS)) return [];
  const last = silentSeconds === undefined ? '' : `: ${runner} was last heard of ${duration(silentSeconds)} ago`;
  return [`${name}: no runner keeps it${last}`];
}

function troubles(one: Listed): string[] {
  const { name, reason, building, parked, parkedCount } = one;
  const lines = building.map(
    (table) => `${name}: ${table.tableName} is half built, by a rebuild that runs or by one that was broken off`,
  );
  lines.push(...silence(one));
  if (reason !== undefined) lines.push(`${name}: stopped itself: ${reason}`);
  for (const { key, position, revision, attempts, error, nextRetryAt } of parked)
    lines.push(
      `${name}: ${key} waits at position ${position} (revision ${revision}) after ${counted(attempts, 'attempt')}, ` +
        `next at ${nextRetryAt.toISOString()}: ${error}`,
    );
  if (parkedCount > parked.length) lines.push(`${name}: and ${grouped(parkedCount - parked.length)} more`);
  return lines;
}

/** Padded so that the cells of a column begin at one place. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** What two tables of a projection do not have alike, column by column. */
export function differenceLines(differences: readonly Difference[]): string[] {
  return differences.flatMap(({ key, live, rebuilt }) => {
    if (!live) return [`  ${key}: only in the rebuilt table`];
    if (!rebuilt) return [`  ${key}: only in the live table`];
    const before = new Map(Object.entries(live));
    const after = new Map(Object.entries(rebuilt));
    const names = [...new Set([...before.keys(), ...after.keys()])];
    return names
      .filter((name) => !isDeepStrictEqual(before.get(name), after.get(name)))
      .map((name) => `  ${key}: ${name} is ${shown(before.get(name))}, rebuilt ${shown(after.get(name))}`);
  });
}

const SHOWN = 200;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

export function progressLine({ events, position, head, eventsPerSecond, secondsLeft }: Progress): string {
  return (
    `${counted(events, 'event')}, ${grouped(Math.round(eventsPerSecond))}/s, ` +
    `at ${position} of ${head}, ${duration(secondsLeft)} left`
  );
}

/** 1,234 */
export const grouped = (value: number): string => value.toLocaleString('en-US');

/** 1 event, 1,234 events */
export const counted = (value: number, noun: string): string => `${grouped(value)} ${noun}${value === 1 ? '' : 's'}`;

/** 4 s, 3 min 20 s, 2 h 5 min */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
