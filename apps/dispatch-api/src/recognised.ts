import { type Actor, KeysUnavailable, type Recognise } from '@dispatch/access';
import { ApiError } from './api-error.js';
import type { DispatchRequest } from './request.js';

/** Who sends the request. @throws the refusal of whoever cannot be recognised */
export async function recognised(recognise: Recognise, request: DispatchRequest): Promise<Actor> {
  if (repeated(request, 'authorization'))
    throw new ApiError('INVALID_AUTH_TOKEN', 'The Authorization header stands there more than once');
  const result = await recognise(request.headers).catch((error: unknown) => {
    if (!(error instanceof KeysUnavailable)) throw error;
    throw new ApiError('SERVICE_UNAVAILABLE', 'The keys that tokens are checked with cannot be fetched', {}, RETRY);
  });
  if ('refusal' in result) {
    request.askedBy = result.refusal.by;
    throw new ApiError(result.refusal.code, result.refusal.message, result.refusal.details ?? {});
  }
  request.askedBy = result.actor;
  return result.actor;
}

const RETRY = { headers: { 'retry-after': '5' } };

/** Node keeps the first of repeated Authorization headers and says nothing; two identities are none. */
function repeated({ raw }: DispatchRequest, name: string): boolean {
  let count = 0;
  for (let i = 0; i < raw.rawHeaders.length; i += 2) if (raw.rawHeaders[i]?.toLowerCase() === name) count += 1;
  return count > 1;
}
