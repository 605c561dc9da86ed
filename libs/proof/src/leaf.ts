import { canonicalJson, type Recorded } from '@dispatch/event-store';
import { type Hash, leafHash } from './merkle.js';

/** What the tree says of an event: where it stands, and the link of its stream's chain that covers all of it. */
export type Leaf = Pick<Recorded, 'position' | 'stream' | 'revision' | 'hash'>;

/**
 * The bytes that are hashed into the tree for an event: the canonical JSON (RFC 8785, UTF-8) of exactly these four
 * members, such as `{"hash":"<64 hex digits>","position":"17","revision":2,"stream":"ticket-…"}`.
 */
export function leafEntry({ position, stream, revision, hash }: Leaf): Buffer {
  return Buffer.from(canonicalJson({ hash, position, revision, stream }));
}

/** The event's leaf: RFC 6962's leaf hash over {@link leafEntry}. */
export function leafOf(leaf: Leaf): Hash {
  return leafHash(leafEntry(leaf));
}
