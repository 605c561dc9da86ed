import { ApiError } from './api-error.js';
import type { DispatchRequest } from './request.js';

/**
 * Query parameters of a route that stand there once; an unknown or repeated one is refused. `lists`: those that may
 * be repeated, which {@link textsOf} reads.
 */
export function queryOf<Name extends string>(
  { query }: DispatchRequest,
  known: readonly Name[],
  lists: readonly string[] = [],
): { readonly [N in Name]?: string } {
  const found: { [N in Name]?: string } = {};
  for (const [name, value] of Object.entries(query)) {
    if (lists.includes(name)) continue;
    const parameter = known.find((one) => one === name);
    if (!parameter) throw invalid(name, 'is not a parameter of this route');
    if (typeof value !== 'string') throw invalid(name, 'may be given once');
    found[parameter] = value;
  }
  return found;
}

/** All that a parameter lists, whether it is repeated, a comma list, or both; nothing when it is absent. */
export function textsOf({ query }: DispatchRequest, name: string): readonly string[] {
  const value = query[name];
  return value === undefined ? [] : [value].flat().flatMap((text) => text.split(','));
}

export function limitOf(text: string | undefined, { most, usual }: { most: number; usual: number }): number {
  if (text === undefined) return usual;
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > most) throw invalid('limit', `must be a whole number from 1 to ${most}`);
  return limit;
}

/** Where a page of a stream begins: opaque to clients, a number to us. */
export const cursorAt = (place: number): string => Buffer.from(`v1:${place}`).toString('base64url');

export function placeOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const place = /^v1:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  if (place === undefined || cursorAt(Number(place)) !== cursor)
    throw invalid('cursor', 'is not a cursor of this list');
  return Number(place);
}

export function invalid(parameter: string, problem: string): ApiError {
  const name = parameter.replace(/[^\w.-]/g, '?').slice(0, 50);
  const message = `${name} ${problem}`;
  return new ApiError('INVALID_QUERY', message, { fields: [{ field: name, message }] });
}
