import { parseUuid } from '@dispatch/ticket';
import { ApiError } from './api-error.js';
import type { DispatchRequest } from './request.js';

/** Query parameters of a route, each at most once; an unknown or repeated one is refused. */
export function queryOf<Name extends string>(
  { query }: DispatchRequest,
  known: readonly Name[],
): { readonly [N in Name]?: string } {
  const found: { [N in Name]?: string } = {};
  for (const [name, value] of Object.entries(query)) {
    const parameter = known.find((one) => one === name);
    if (!parameter) throw invalid(name, 'is not a parameter of this route');
    if (typeof value !== 'string') throw invalid(name, 'may be given once');
    found[parameter] = value;
  }
  return found;
}

export function limitOf(text: string | undefined, { most, usual }: { most: number; usual: number }): number {
  if (text === undefined) return usual;
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > most) throw invalid('limit', `must be a whole number from 1 to ${most}`);
  return limit;
}

/** Where a page of a stream or list begins: opaque to clients, a number to us. */
export const cursorAt = (place: number): string => Buffer.from(`v1:${place}`).toString('base64url');

export function placeOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const place = /^v1:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  if (place === undefined || cursorAt(Number(place)) !== cursor)
    throw invalid('cursor', 'is not a cursor of this list');
  return Number(place);
}

/** The same for a list in the order of ids: after which one a page begins. */
export const cursorAfter = (id: string): string => Buffer.from(`v1:${id}`).toString('base64url');

export function idIn(cursor: string | undefined): string {
  if (cursor === undefined) return '';
  const id = parseUuid(Buffer.from(cursor, 'base64url').toString().replace(/^v1:/, ''));
  if (id === undefined || cursorAfter(id) !== cursor) throw invalid('cursor', 'is not a cursor of this list');
  return id;
}

export function invalid(parameter: string, problem: string): ApiError {
  const name = parameter.replace(/[^\w.-]/g, '?').slice(0, 50);
  const message = `${name} ${problem}`;
  return new ApiError('INVALID_QUERY', message, { fields: [{ field: name, message }] });
}
