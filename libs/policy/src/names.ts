import { STATES, type State } from '@dispatch/ticket';
import { PolicyFault, pointer } from './fault.js';

/** A state's name as found in a file; throws when there is no such state. */
export function stateAt(name: string, file: string, ...path: readonly (string | number)[]): State {
  const state = STATES.find((known) => known === name);
  if (!state) throw new PolicyFault(file, pointer(...path), `unknown state '${name}'`);
  return state;
}

export const statesAt = (
  names: readonly string[],
  file: string,
  ...path: readonly (string | number)[]
): readonly State[] => names.map((name, index) => stateAt(name, file, ...path, index));

/** Throws at the first of a list whose name has stood before; `what` it is a name of. */
export function distinct<T>(
  rows: readonly T[],
  nameOf: (row: T) => string,
  what: string,
  placeOf: (row: T) => { readonly file: string; readonly place: string },
): void {
  const seen = new Set<string>();
  for (const row of rows) {
    const name = nameOf(row);
    const { file, place } = placeOf(row);
    if (seen.has(name)) throw new PolicyFault(file, place, `duplicate ${what} '${name}'`);
    seen.add(name);
  }
}

/** A value for each of `keys`. */
export const tableOf = <K extends string, V>(keys: readonly K[], valueOf: (key: K) => V): Readonly<Record<K, V>> =>
  Object.fromEntries(keys.map((key) => [key, valueOf(key)])) as Record<K, V>;
