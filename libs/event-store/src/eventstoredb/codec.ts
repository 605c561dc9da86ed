import {
  type AppendResult,
  jsonEvent,
  type JSONEventData,
  type RecordedEvent,
  type ResolvedEvent,
} from '@eventstore/db-client';
import type { Json, JsonObject, Recorded } from '../event-store.js';
import type { Names } from './names.js';

/** An event with its place: all of a {@link Recorded} but the position, which the server gives. */
export type Placed = Omit<Recorded, 'position'>;

/** What stands in the metadata of an event; its id, type and data are the server's own fields. */
interface Metadata extends JsonObject {
  readonly at: string;
  readonly schemaVersion: number;
  readonly prevHash: string;
  readonly hash: string;
  readonly metadata: JsonObject;
}

/** Above what a signed 64-bit position can be: older servers give it for "none". */
const NO_POSITION = 2n ** 63n;

/** As it is written to its stream. */
export function written({ id, type, data, at, schemaVersion, prevHash, hash, metadata }: Placed): JSONEventData {
  const beside: Metadata = { at, schemaVersion, prevHash, hash, metadata };
  return jsonEvent({ id, type, data, metadata: beside });
}

export function recorded({ event }: ResolvedEvent, names: Names): Recorded {
  if (!event) throw new Error('the log holds an event that cannot be read');
  const stream = names.toStream(event.streamId);
  const { id, type, data, metadata } = event as { id: string; type: string; data: Json; metadata: Json | undefined };
  if (stream === undefined || !isObject(data) || !isMetadata(metadata))
    throw new Error(`event ${id} of stream ${event.streamId} was not written by Dispatch`);
  const { at, schemaVersion, prevHash, hash } = metadata;
  return {
    id,
    type,
    schemaVersion,
    data,
    metadata: metadata.metadata,
    at,
    stream,
    revision: Number(event.revision),
    position: positionOf(event),
    prevHash,
    hash,
  };
}

/** What was appended, where the server told its position. */
export function appended(placed: Placed, { position }: AppendResult): Recorded | undefined {
  if (!position || position.commit >= NO_POSITION) return undefined;
  const { id, type, schemaVersion, data, metadata, at, stream, revision, prevHash, hash } = placed;
  const commit = String(position.commit);
  return { id, type, schemaVersion, data, metadata, at, stream, revision, position: commit, prevHash, hash };
}

/** Its own record's, since every append is one event: commit and prepare position are the same then. */
function positionOf({ id, position }: RecordedEvent): string {
  if (!position || position.commit >= NO_POSITION)
    throw new Error(`the server does not tell the position of event ${id}: it must be of version 22.6 or later`);
  return String(position.commit);
}

/** As it stands in a claim: see claims.ts. */
export function claim(placed: Placed): JSONEventData {
  return jsonEvent({ type: 'EventClaimed', data: { ...placed } });
}

export function claimed({ event }: ResolvedEvent): Placed {
  const data = event?.data as Json | undefined;
  if (!isObject(data) || typeof data['stream'] !== 'string') throw new Error('a claim cannot be read');
  return data as unknown as Placed;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMetadata(value: Json | undefined): value is Metadata {
  return isObject(value) && typeof value['hash'] === 'string' && isObject(value['metadata']);
}
