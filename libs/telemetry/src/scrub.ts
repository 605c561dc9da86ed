/**
 * Text of an error as a log may have it: without a login in a URL, a bearer token or a JWT. Errors of ours hold none;
 * those of drivers and libraries may quote what they were given.
 */
export function scrubbed(text: unknown): unknown {
  if (typeof text !== 'string') return text;
  return text
    .replaceAll(/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, `$1${HIDDEN}@`)
    .replaceAll(/\bBearer\s+\S+/gi, `Bearer ${HIDDEN}`)
    .replaceAll(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, HIDDEN);
}

export const HIDDEN = '[hidden]';

/** Names under which nobody means to log, and somebody may. */
export const NEVER_LOGGED: readonly string[] = [
  'authorization',
  'body',
  'cookie',
  'headers',
  'password',
  'payload',
  'request',
  'requester_contact',
  'secret',
  'token',
  'url',
];
