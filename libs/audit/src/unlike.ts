import type { Json } from '@dispatch/event-store';
import { isObject } from './field.js';

/** What stands in a value; undefined: nothing. */
type Found = Json | undefined;

/** Whether two values are equal. A member that is undefined is one that is not there. */
export function alike(a: Found, b: Found): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item: Json, index) => alike(item, b[index] as Json));
  if (!isObject(a) || !isObject(b)) return false;
  for (const key in a) if (!alike(a[key], b[key])) return false;
  for (const key in b) if (b[key] !== undefined && a[key] === undefined) return false;
  return true;
}

/** The first place where two unlike values differ, such as `approval.reason`, with what stands in each. */
export function unlike(recorded: Found, decided: Found, place = ''): string {
  if (isObject(recorded) && isObject(decided)) {
    const keys = [...new Set([...Object.keys(decided), ...Object.keys(recorded)])].sort();
    const key = keys.find((one) => !alike(recorded[one], decided[one]));
    if (key !== undefined) return unlike(recorded[key], decided[key], place ? `${place}.${key}` : key);
  }
  return `${place || 'data'} is ${shown(recorded)}, decided again ${shown(decided)}`;
}

const SHOWN = 100;

function shown(value: Found): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
