import { hash as digest } from 'node:crypto';
import type { Json, JsonObject, NewEvent } from './event-store.js';

/** What stands before a stream's first event. */
export const GENESIS = '0'.repeat(64);

/**
 * JSON with keys sorted at every depth, no white space: the canonical form of RFC 8785, which JavaScript's own
 * number and string rules already give. Two texts are equal exactly when the values are.
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  let members = '';
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member === undefined) continue;
    if (members !== '') members += ',';
    members += `${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}

/** The object that a text of {@link canonicalJson} stands for; only for texts that this library wrote. */
export function parsedObject(text: string): JsonObject {
  return JSON.parse(text) as JsonObject;
}

/** Hex SHA-256 over the canonical form of all that the writer said: where, what, when, by whom. */
export function contentHash(stream: string, event: NewEvent): string {
  return contentHashOf(stream, event, canonicalJson(event.data), canonicalJson(event.metadata));
}

/** {@link contentHash} for whoever has the canonical texts at hand already. */
export function contentHashOf(
  stream: string,
  event: Pick<NewEvent, 'at' | 'id' | 'schemaVersion' | 'type'>,
  data: string,
  metadata: string,
): string {
  const { at, id, schemaVersion, type } = event;
  const quoted = JSON.stringify;
  return sha256(
    `{"at":${quoted(at)},"data":${data},"id":${quoted(id)},"metadata":${metadata},` +
      `"schemaVersion":${quoted(schemaVersion)},"stream":${quoted(stream)},"type":${quoted(type)}}`,
  );
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
  return digest('sha256', input, 'hex');
}

/** Array.isArray does not narrow a readonly array. */
function isArray(value: object): value is readonly Json[] {
  return Array.isArray(value);
}
