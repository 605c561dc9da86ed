import { createHash } from 'node:crypto';
import type { Json, NewEvent } from './event-store.js';

/** What stands before a stream's first event. */
export const GENESIS = '0'.repeat(64);

/**
 * JSON with keys sorted at every depth, no white space: the canonical form of RFC 8785, which JavaScript's own
 * number and string rules already give. Two texts are equal exactly when the values are.
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const object = value as { readonly [key: string]: Json };
  const members: string[] = [];
  for (const key of Object.keys(object).sort()) {
    const member = object[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

/** Hex SHA-256 over the canonical form of all that the writer said: where, what, when, by whom. */
export function contentHash(stream: string, event: NewEvent): string {
  const { at, data, id, metadata, schemaVersion, type } = event;
  return sha256(canonicalJson({ at, data, id, metadata, schemaVersion, stream, type }));
}

/**
 * A link of a stream's chain: SHA-256 over the 32 bytes of the hash before it and the 32 bytes of the event's
 * content hash. The revision is proved by the place in the chain; the position is not part of it, since a log
 * that is moved keeps its hashes.
 */
export function chainHash(prevHash: string, content: string): string {
  return sha256(Buffer.from(prevHash + content, 'hex'));
}

function sha256(input: string | Buffer): string {
  return createHash('sha256').update(input).digest('hex');
}
