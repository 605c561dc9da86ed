import type { FastifyInstance } from 'fastify';
import { ApiError } from './api-error.js';

/** Bytes. */
export const BODY_LIMIT = 1024 * 1024;
/** Levels; deeper than any body needs, shallow enough for every recursion below. */
const DEPTH_LIMIT = 64;

/** Step 1 of the order of checks: every body is JSON in UTF-8, whatever its Content-Type claims. */
export function acceptJsonBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body: Buffer, done) => {
    try {
      done(null, parseJson(body));
    } catch (error) {
      done(error instanceof Error ? error : new Error('unknown'));
    }
  });
}

function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  let value: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (deeperThan(text, DEPTH_LIMIT)) throw new RangeError();
    value = JSON.parse(text);
  } catch (error) {
    const why = error instanceof RangeError ? `nested deeper than ${DEPTH_LIMIT} levels` : 'not valid JSON';
    throw new ApiError('INVALID_JSON', `The body is ${why}`);
  }
  return value;
}

/** Counts brackets outside of strings, before anything is built or recursed into. */
function deeperThan(text: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charCodeAt(i);
    if (inString) {
      if (char === 0x5c) i += 1;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x7b || char === 0x5b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (char === 0x7d || char === 0x5d) depth -= 1;
  }
  return false;
}
