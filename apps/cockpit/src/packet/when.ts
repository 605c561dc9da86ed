/** Times in the site's zone, which need not be the phone's. */
export interface Window {
  readonly start: string | null;
  readonly end: string | null;
}

const format = (timeZone: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-US', { timeZone, ...options });

/** A zone that this browser does not know is shown as UTC rather than as the phone's own. */
export function zoneOf(timezone: string | null): string {
  try {
    format(timezone ?? 'UTC', {});
    return timezone ?? 'UTC';
  } catch {
    return 'UTC';
  }
}

/** `Today, 2:00 – 4:00 PM PST`; undefined when nothing is scheduled. */
export function windowText({ start, end }: Window, timezone: string | null, now: number): string | undefined {
  if (!start) return undefined;
  const zone = zoneOf(timezone);
  const hours = format(zone, { hour: 'numeric', minute: '2-digit', timeZoneName: 'short' });
  const range = end ? hours.formatRange(new Date(start), new Date(end)) : hours.format(new Date(start));
  const sameDay = !end || dayText(start, zone, now) === dayText(end, zone, now);
  return sameDay ? `${dayText(start, zone, now)}, ${range}` : range;
}

/** `Today`, `Tomorrow`, or `Fri, Nov 27`. */
export function dayText(at: string | number, zone: string, now: number): string {
  const day = format(zone, { year: 'numeric', month: '2-digit', day: '2-digit' });
  const on = day.format(new Date(at));
  if (on === day.format(new Date(now))) return 'Today';
  if (on === day.format(new Date(now + DAY_MS))) return 'Tomorrow';
  if (on === day.format(new Date(now - DAY_MS))) return 'Yesterday';
  return format(zone, { weekday: 'short', month: 'short', day: 'numeric' }).format(new Date(at));
}

/** `Today, 2:04 PM` */
export function momentText(at: string | number, timezone: string | null, now: number): string {
  const zone = zoneOf(timezone);
  return `${dayText(at, zone, now)}, ${format(zone, { hour: 'numeric', minute: '2-digit' }).format(new Date(at))}`;
}

/** `just now`, `4 min ago`, `3 h ago`, `2 days ago` */
export function agoText(at: number, now: number): string {
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ago`;
  return `${Math.floor(minutes / (24 * 60))} days ago`;
}

const DAY_MS = 24 * 60 * 60_000;
