import { EVENT_OF, isKnownVersion, type Kind, KINDS } from '@dispatch/directory';
import type { JsonObject, RecordedText } from '@dispatch/event-store';
import type { Policy } from '@dispatch/policy';
import type { Instant } from '@dispatch/ticket';
import { type Command, owed } from './command.js';
import { type Fault, fault } from './difference.js';
import { directoryRequest } from './directory-requests.js';
import { objectIn } from './field.js';
import type { KnownDirectory } from './known-directory.js';
import { alike, unlike } from './unlike.js';

/** The entity of a directory's stream; undefined for other streams. */
export function entityOfStream(stream: string): { readonly kind: Kind; readonly id: string } | undefined {
  const kind = KINDS.find((one) => stream.startsWith(`${one}-`));
  return kind && { kind, id: stream.slice(kind.length + 1) };
}

/** Makes the entity again from the request, and holds it against the one that stands there. */
export function judgeStatement(
  event: RecordedText,
  command: Command,
  { kind, id }: { readonly kind: Kind; readonly id: string },
  before: Instant | undefined,
  { policy, directory }: { readonly policy: Policy; readonly directory: KnownDirectory },
): Fault | undefined {
  const { by } = command;
  if (event.type !== EVENT_OF[kind] || !isKnownVersion(kind, event.schemaVersion))
    return fault('decision', `${event.type} of version ${event.schemaVersion} is no event of a ${kind}`);
  if (by.tool !== `${kind}.put`) return fault('decision', `${by.tool} states no ${kind}`);
  const due = owed(event, command, policy, policy.directoryTool(by.tool), { id }, before);
  if (due) return due;
  const asked = directoryRequest(kind, by.request);
  if ('fault' in asked) return fault('request', `the request could not be asked: ${asked.fault}`);
  const entity: JsonObject = { ...asked.entity };
  if (typeof entity.account_id === 'string' && !directory.has('account', entity.account_id))
    return fault('decision', `the site is of account ${entity.account_id}, which was not known then`);
  const recorded = objectIn(event.data);
  return alike(recorded, entity) ? undefined : fault('decision', unlike(recorded, entity));
}
