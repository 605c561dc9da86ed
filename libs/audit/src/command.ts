import { contentHashOf, contentHashOfText, eventIdOf, type Provenance } from '@dispatch/commands';
import type { Json, RecordedText } from '@dispatch/event-store';
import type { Policy } from '@dispatch/policy';
import { withheld } from '@dispatch/privacy';
import { ACTOR_TYPES, type Instant, later, parseInstant, parseUuid, type Uuid } from '@dispatch/ticket';
import { type Fault, fault } from './difference.js';
import { isObject } from './field.js';

/** What a command left beside its event, with what a check needs of it in the domain's types. */
export interface Command {
  readonly by: Provenance;
  readonly key: Uuid;
  readonly requestedAt: Instant;
}

/** The row of the policy that a command's tool has; tickets' and the directory's alike. */
interface Row {
  readonly method: string;
  readonly path: string;
  readonly mutating: boolean;
}

/** The provenance of an event, or that no command left it. */
export function commandOf(metadata: Json): Command | Fault {
  if (!isProvenance(metadata)) return fault('request', 'the metadata are not what a command leaves');
  const key = parseUuid(metadata.requestId);
  const requestedAt = parseInstant(metadata.requestedAt);
  if (!key || key !== metadata.requestId) return fault('request', 'requestId is not a UUID in lower case');
  if (!requestedAt) return fault('request', 'requestedAt is not an instant');
  return { by: metadata, key, requestedAt };
}

const isText = (value: Json | undefined): value is string => typeof value === 'string';

function isProvenance(metadata: Json): metadata is Provenance {
  if (!isObject(metadata) || !isObject(metadata.actor) || metadata.request === undefined) return false;
  const { id, role, type } = metadata.actor;
  const { tool, endpoint, requestId, contentHash, requestedAt, correlationId, policyVersion } = metadata;
  return (
    isText(id) &&
    isText(role) &&
    ACTOR_TYPES.some((known) => known === type) &&
    isText(tool) &&
    isText(endpoint) &&
    isText(requestId) &&
    isText(contentHash) &&
    isText(requestedAt) &&
    isText(correlationId) &&
    isText(policyVersion)
  );
}

/**
 * The request as the text that it is in the metadata, whose keys are sorted: to write it again would take longer than
 * all else that is checked of it. Before it and behind it stand texts, in which no quotation mark is bare.
 */
const requestIn = (metadata: string): string =>
  metadata.slice(metadata.indexOf(BEFORE) + BEFORE.length, metadata.lastIndexOf(BEHIND));
const BEFORE = ',"request":';
const BEHIND = ',"requestId":';

/** Of a request of which something is sealed the hash is of the rest. */
const hashOf = (by: Provenance, { metadata }: RecordedText, path: Readonly<Record<string, string>>): string =>
  by.sealed === undefined
    ? contentHashOfText(path, requestIn(metadata))
    : contentHashOf(path, withheld(by.tool, by.request));

/**
 * What every command owes, whatever it is about: an endpoint and a role that its policy lets it have, and an id, a
 * content hash and a time that follow from what stands beside it. `path` are the ids of its path by name, `before` the
 * time of the event before it in its stream.
 */
export function owed(
  event: RecordedText,
  { by, key, requestedAt }: Command,
  policy: Policy,
  row: Row | undefined,
  path: Readonly<Record<string, string>>,
  before: Instant | undefined,
): Fault | undefined {
  const { tool, endpoint, actor } = by;
  if (!row?.mutating) return fault('decision', `the policy has no command ${tool}`);
  if (endpoint !== `${row.method} ${row.path}`)
    return fault('decision', `the policy has ${tool} at ${row.method} ${row.path}, not at ${endpoint}`);
  if (!policy.allows(actor.role, tool)) return fault('decision', `the policy lets no ${actor.role} use ${tool}`);
  if (event.id !== eventIdOf({ actorId: actor.id, endpoint, key }))
    return fault('id', 'the id does not follow from actor, endpoint and key');
  if (by.contentHash !== hashOf(by, event, path))
    return fault('request', 'the content hash is not that of path and request');
  const time = before ? later(requestedAt, before) : requestedAt;
  return event.at === time ? undefined : fault('time', `the time is ${event.at}; by request and stream it is ${time}`);
}
