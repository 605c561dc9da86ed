import type { Recorded } from '@dispatch/event-store';
import { DENIALS } from '@dispatch/denials';
import { type Consistency, type Hash, type Inclusion, type Issued, verifierKey } from '@dispatch/proof';
import { list, object, orNull, ref, type SchemaObject, text, time, uuid, whole } from '../schema-words.js';

const base64 = (hash: Hash): string => hash.toString('base64');

/** `note` is the signed head, byte for byte; the rest is read from it, or beside it for convenience. */
export function headBody({ size, root, position, key, note, issuedAt }: Issued) {
  const { name, id } = verifierKey(key);
  return { origin: name, size, root: base64(root), position, key_id: id, issued_at: issuedAt.toISOString(), note };
}

export function keyBody({ key, firstUsedAt }: { readonly key: string; readonly firstUsedAt: Date }) {
  const { name, id } = verifierKey(key);
  return { name, key_id: id, public_key: key, first_used_at: firstUsedAt.toISOString() };
}

export const inclusionBody = (event: Recorded, { index, leaf, proof, head }: Inclusion) => ({
  event_id: event.id,
  stream: event.stream,
  revision: event.revision,
  position: event.position,
  event_hash: event.hash,
  leaf_index: index,
  leaf_hash: base64(leaf),
  proof: proof.map(base64),
  checkpoint: headBody(head),
});

export const consistencyBody = ({ from, to, proof }: Consistency) => ({
  from: { size: from.size, root: base64(from.root) },
  to: { size: to.size, root: base64(to.root) },
  proof: proof.map(base64),
});

const hash: SchemaObject = { type: 'string', pattern: '^[A-Za-z0-9+/]{43}=$', description: 'Base64 of a SHA-256' };
const position: SchemaObject = { type: 'string', pattern: '^\\d{1,20}$' };
const keyId: SchemaObject = { type: 'string', pattern: '^[0-9a-f]{8}$' };
const count: SchemaObject = { type: 'integer', minimum: 1 };

const codes = Object.keys(DENIALS);
const network: SchemaObject = { type: 'string', description: 'The first 24 bits of IPv4, 48 of IPv6: 192.0.2.0/24' };
/** Where an entry stands in the log. */
const where = { event_id: uuid, position, index: whole };

/** The shapes of the audit's answers. */
export const auditSchemas: Readonly<Record<string, SchemaObject>> = {
  Checkpoint: object({
    origin: text,
    size: count,
    root: hash,
    position,
    key_id: keyId,
    issued_at: time,
    note: { type: 'string', description: 'C2SP tlog-checkpoint: the signed note' },
  }),
  AuditKeys: object({
    keys: list(object({ name: text, key_id: keyId, public_key: text, first_used_at: time })),
  }),
  EventProof: object({
    event_id: uuid,
    stream: text,
    revision: whole,
    position,
    event_hash: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    leaf_index: whole,
    leaf_hash: hash,
    proof: list(hash),
    checkpoint: ref('Checkpoint'),
  }),
  DeniedAttempt: object({
    kind: { type: 'string', enum: ['denied'] },
    ...where,
    at: time,
    code: { type: 'string', enum: codes },
    dimension: { type: 'string', enum: [...new Set(Object.values(DENIALS))] },
    field: orNull(text),
    target_id: orNull(uuid),
    actor: orNull(object({ id: text, role: orNull(text), type: orNull(text) })),
    tool: orNull(text),
    asked_tool: orNull(text),
    method: text,
    endpoint: text,
    ticket_id: orNull(uuid),
    network: orNull(network),
  }),
  UnrecordedAttempts: object({
    kind: { type: 'string', enum: ['not_recorded'] },
    ...where,
    from: time,
    to: time,
    count,
    by_reason: object({ source: whole, total: whole, log: whole }),
    by_code: object(Object.fromEntries(codes.map((code) => [code, count])), codes),
    sources: list(object({ actor_id: orNull(text), network: orNull(network), count })),
  }),
  DeniedAttempts: object({
    entries: list({ oneOf: [ref('DeniedAttempt'), ref('UnrecordedAttempts')] }),
    next_cursor: orNull(text),
  }),
  ConsistencyProof: object({
    from: object({ size: count, root: hash }),
    to: object({ size: count, root: hash }),
    proof: list(hash),
  }),
};
