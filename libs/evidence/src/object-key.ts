import { CONTENT_TYPES, type ContentType, contentTypeOf } from './content-types.js';

/**
 * An object of evidence: by its ticket and by what it holds. So an object is never changed, the same bytes sent again
 * are the same object, and a reference tells by itself whose it is.
 */
export interface ObjectKey {
  /** Lower case. */
  readonly ticketId: string;
  /** SHA-256 of the content, 64 digits of lower-case hex. */
  readonly sha256: string;
  readonly contentType: ContentType;
}

/** Where a store keeps its objects, as references name it. */
export interface Store {
  /** Of the references that it gives out, without colon. */
  readonly scheme: string;
  readonly bucket: string;
  /** Of every key: empty, or with a slash at its end. */
  readonly prefix: string;
}

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const NAME = '([0-9a-f]{64})\\.([a-z]{2,5})';
const KEY = new RegExp(`^(${UUID})/${NAME}$`);

export const nameOf = ({ sha256, contentType }: ObjectKey): string => `${sha256}.${CONTENT_TYPES[contentType]}`;

/** Without the store's prefix: `<ticket>/<sha256>.<ending>`. */
export const keyOf = (object: ObjectKey): string => `${object.ticketId}/${nameOf(object)}`;

/** Nothing but a key of the one form: no way up, no other letters. */
export function parseObjectName(key: string): ObjectKey | undefined {
  const [, ticketId, sha256, ending] = KEY.exec(key) ?? [];
  const contentType = ending === undefined ? undefined : contentTypeOf(ending);
  return ticketId && sha256 && contentType ? { ticketId, sha256, contentType } : undefined;
}

export const uriOf = ({ scheme, bucket, prefix }: Store, object: ObjectKey): string =>
  `${scheme}://${bucket}/${prefix}${keyOf(object)}`;

/** What a reference names: something elsewhere, an object of the store, or nothing that the store could hold. */
export function placeOf({ bucket, prefix }: Store, uri: string): 'elsewhere' | 'nothing' | ObjectKey {
  const start = /^[a-z][a-z0-9+.-]*:\/\/([^/?#\s]+)\//i.exec(uri);
  if (start?.[1] !== bucket) return 'elsewhere';
  const key = uri.slice(start[0].length);
  return key.startsWith(prefix) ? (parseObjectName(key.slice(prefix.length)) ?? 'nothing') : 'elsewhere';
}
