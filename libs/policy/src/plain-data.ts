import { createHash } from 'node:crypto';

/** `sha256:<hex>` over the JSON of a value with the keys sorted at every depth: equal exactly for equal meaning. */
export const fingerprint = (value: unknown): string =>
  `sha256:${createHash('sha256').update(JSON.stringify(value, sortedKeys)).digest('hex')}`;

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Freezes plain data, and everything in it. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
