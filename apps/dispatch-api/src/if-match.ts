import type { FieldFault } from './dto/parse-body.js';
import { type DispatchRequest, header } from './request.js';

const ENTITY_TAG = /^"(\d{1,15})"$/;

/**
 * The version that a command expects, from `expected_version` in its body or from If-Match. Where both are given
 * they must agree; `If-Match: *` asks for nothing more than that the ticket exists.
 */
export function expectedVersionOf(
  request: DispatchRequest,
  body: { readonly expected_version?: number },
): { readonly expectedVersion: number | undefined } | { readonly fields: readonly FieldFault[] } {
  const inBody = body.expected_version ?? undefined;
  const text = header(request, 'if-match')?.trim();
  if (text === undefined || text === '*') return { expectedVersion: inBody };
  const tag = ENTITY_TAG.exec(text)?.[1];
  if (tag === undefined)
    return { fields: [{ field: 'If-Match', message: 'If-Match must be one version in quotes, such as "3"' }] };
  if (inBody !== undefined && inBody !== Number(tag))
    return { fields: [{ field: 'If-Match', message: 'If-Match and expected_version must name the same version' }] };
  return { expectedVersion: Number(tag) };
}
