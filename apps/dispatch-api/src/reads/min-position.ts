import type { Position } from '@dispatch/event-store';
import { ApiError } from '../api-error.js';
import { type DispatchRequest, header } from '../request.js';

const NAME = 'Dispatch-Min-Position';
/** Positions of every log fit 64 bits. */
const POSITION = /^0*(\d{1,20})$/;

/** The position that a read must reflect, as the client asks for it; undefined when it does not. */
export function minPositionOf(request: DispatchRequest): Position | 'start' | undefined {
  const text = header(request, NAME.toLowerCase());
  if (text === undefined) return undefined;
  const position = POSITION.exec(text.trim())?.[1];
  if (position === '0') return 'start';
  if (position !== undefined) return position;
  const message = `${NAME} must be a position as Dispatch-Position told it`;
  throw new ApiError('INVALID_REQUEST', message, { fields: [{ field: NAME, message }] });
}
