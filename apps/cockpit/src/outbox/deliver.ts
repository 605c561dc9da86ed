import { type Answer, type Call, Refused } from '../api/call.js';
import type { Entry, Refusal, Upload } from './entry.js';

/** A request as the one whose entries are sent. */
export type Request = <T>(path: string, request?: Call) => Promise<Answer<T>>;

/** What became of an attempt. */
export type Delivery =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'refused'; readonly refusal: Omit<Refusal, 'at'> }
  /**
   * No answer, or one that decides nothing: it waits. `seconds`: as the service asked. `answered`: the trouble is this
   * command's, and others may fare better.
   */
  | { readonly outcome: 'later'; readonly seconds: number | undefined; readonly answered: boolean }
  /** The sign-in no longer counts: it waits for the next one. */
  | { readonly outcome: 'signed-out' };

export interface Post {
  readonly request: Request;
  /** Puts bytes to a signed address. @returns its HTTP status @throws when there was no answer */
  readonly put: (url: string, headers: Readonly<Record<string, string>>, bytes: Blob) => Promise<number>;
  readonly bytes: (entry: Entry) => Promise<Blob | undefined>;
  /** Keeps what is known of the upload, so that the command is the same one when it is sent again. */
  readonly note: (entry: Entry, upload: Upload) => Promise<void>;
}

interface Target {
  readonly upload: { readonly url: string; readonly headers: Readonly<Record<string, string>> };
  readonly uri: string;
}

/** How often the store may refuse bytes before the person is asked: a signed address may only have expired. */
const PUTS = 3;

/** Sends one entry: its bytes where it has any, then the command. */
export async function deliver(entry: Entry, post: Post): Promise<Delivery> {
  try {
    const upload = entry.upload && (await sendBytes(entry, entry.upload, post));
    if (upload && 'outcome' in upload) return upload;
    const body = upload ? { ...entry.body, uri: upload.uri, checksum: upload.checksum } : entry.body;
    await post.request(entry.endpoint, { method: 'POST', body, idempotencyKey: entry.key });
    return { outcome: 'done' };
  } catch (error) {
    return deliveryOf(error);
  }
}

async function sendBytes(entry: Entry, upload: Upload, post: Post): Promise<Upload | Delivery> {
  if (upload.stored) return upload;
  const bytes = await post.bytes(entry);
  if (!bytes) return refused('BYTES_LOST', 'This browser no longer has the file. Take it again.');
  const { body: target } = await post.request<Target>(`${entry.endpoint}/uploads`, {
    method: 'POST',
    body: { content_type: upload.contentType, size_bytes: upload.sizeBytes, checksum: upload.checksum },
  });
  const status = await post.put(target.upload.url, target.upload.headers, bytes);
  if (status >= 400) {
    if (status >= 500 || entry.attempts < PUTS) return { outcome: 'later', seconds: undefined, answered: true };
    return refused('UPLOAD_REFUSED', `The store did not take the file (${status}).`);
  }
  const stored = { ...upload, uri: target.uri, stored: true };
  await post.note(entry, stored);
  return stored;
}

const refused = (code: string, message: string): Delivery => ({
  outcome: 'refused',
  refusal: { code, message, details: {} },
});

/** Only a refusal in the service's own words is one: a proxy or a hotel's sign-in page decides nothing. */
export function deliveryOf(error: unknown): Delivery {
  if (!(error instanceof Refused)) return { outcome: 'later', seconds: undefined, answered: false };
  const { status, code, message, details, retryAfter } = error;
  if (code === 'UNEXPECTED_ANSWER' || status === 429 || status >= 500)
    return { outcome: 'later', seconds: retryAfter, answered: status === 500 };
  if (status === 401) return { outcome: 'signed-out' };
  return { outcome: 'refused', refusal: { code, message, details } };
}
