/** Where a site names no zone of its own, as the directory's default says. */
export const DEFAULT_ZONE = 'America/Los_Angeles';

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', { ...options, timeZone: zone });
  formats.set(key, made);
  return made;
}

const MOMENT = { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' } as const;
const NAMED = { ...MOMENT, timeZoneName: 'short' } as const;
const HOUR = { hour: 'numeric', minute: '2-digit', timeZoneName: 'short' } as const;

/** `Nov 25, 3:04 PM PST`: an instant where the site stands. */
export const momentIn = (zone: string, instant: string | null | undefined): string =>
  instant ? format(zone, NAMED).format(new Date(instant)) : '–';

/** The same without the zone's name, for columns whose head says it. */
export const shortMomentIn = (zone: string, instant: string | null | undefined): string =>
  instant ? format(zone, MOMENT).format(new Date(instant)) : '–';

/** `Nov 25, 3:04 PM to 5:04 PM PST`; both days where they differ. */
export function windowIn(zone: string, start: string | null | undefined, end: string | null | undefined): string {
  if (!start) return 'Not scheduled';
  if (!end) return momentIn(zone, start);
  const sameDay = localOf(zone, start).slice(0, 10) === localOf(zone, end).slice(0, 10);
  return `${shortMomentIn(zone, start)} to ${sameDay ? format(zone, HOUR).format(new Date(end)) : momentIn(zone, end)}`;
}

const PARTS = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
} as const;

/** An instant as `<input type="datetime-local">` takes it, by the clock of the zone: `2026-11-25T15:04`. */
export function localOf(zone: string, instant: string): string {
  const { year, month, day, hour, minute } = partsOf(zone, Date.parse(instant));
  return `${year}-${month}-${day}T${hour}:${minute}`;
}

/**
 * The instant that a clock in the zone shows as `local`. In the hour that a change of clocks skips, the instant as far
 * after the change; in the hour it repeats, the first of the two.
 *
 * @returns RFC 3339 in UTC, or undefined where `local` is no time
 */
export function instantOf(zone: string, local: string): string | undefined {
  const wall = Date.parse(`${local}Z`);
  if (Number.isNaN(wall)) return undefined;
  // The two offsets that can hold around this time; the earlier instant that shows `local` is meant.
  const candidates = [wall - DAY, wall + DAY].map((near) => wall - offsetAt(zone, near)).toSorted((a, b) => a - b);
  const shown = candidates.find((at) => at + offsetAt(zone, at) === wall) ?? candidates.at(-1);
  return shown === undefined ? undefined : new Date(shown).toISOString();
}

const DAY = 86_400_000;

/** Milliseconds that the zone's clocks are ahead of UTC at the instant. */
function offsetAt(zone: string, at: number): number {
  const { year, month, day, hour, minute, second } = partsOf(zone, at);
  return Date.UTC(+year, +month - 1, +day, +hour, +minute, +second) - Math.floor(at / 1000) * 1000;
}

interface Parts {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
}

const partsOf = (zone: string, at: number): Parts =>
  Object.fromEntries(
    format(zone, PARTS)
      .formatToParts(new Date(at))
      .map(({ type, value }) => [type, value]),
  ) as unknown as Parts;

/** Whether the browser knows the zone; a name it does not know must not take a page down. */
export function knownZone(zone: string | null | undefined): string {
  if (!zone) return DEFAULT_ZONE;
  try {
    format(zone, MOMENT);
    return zone;
  } catch {
    return 'UTC';
  }
}

/** `3 min ago`: for what is being watched; the exact time stands in the title. */
export function ago(instant: string, now: number): string {
  const minutes = Math.max(0, Math.floor((now - Date.parse(instant)) / 60_000));
  if (minutes < 1) return 'now';
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h`;
  return `${Math.floor(minutes / 1440)} d`;
}
