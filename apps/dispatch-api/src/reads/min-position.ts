import type { Position } from '@dispatch/event-store';
import { ApiError } from '../api-error.js';
import { type DispatchRequest, header } from '../request.js';

/** Positions of every log fit 64 bits. */
const POSITION = /^0*(\d{1,20})$/;

/** The position that a read must reflect, as the client asks for it; undefined when it does not. */
export const minPositionOf = (request: DispatchRequest) => positionIn(request, 'Dispatch-Min-Position');

/** The position that a header names; undefined without it. @throws ApiError INVALID_REQUEST */
export function positionIn(request: DispatchRequest, name: string): Position | 'start' | undefined {
  const text = header(request, name.toLowerCase());
  if (text === undefined) return undefined;
  const position = POSITION.exec(text.trim())?.[1];
  if (position === '0') return 'start';
  if (position !== undefined) return position;
  const message = `${name} must be a position as Dispatch-Position told it`;
  throw new ApiError('INVALID_REQUEST', message, { fields: [{ field: name, message }] });
}
