import type { ObjectKey, Store } from './object-key.js';

/** How long a signed address may be used: to put an object there, and to read one. */
export const UPLOAD_SECONDS = 600;
export const READ_SECONDS = 300;

/** An object that somebody wants to put into the store. */
export interface ObjectToBe extends ObjectKey {
  /** Bytes, exactly. */
  readonly size: number;
}

export interface SignedUpload {
  /** Absolute, or relative to where the API is served. */
  readonly url: string;
  /** To be sent with the bytes, as they are. */
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: Date;
}

export type SignedRead = Omit<SignedUpload, 'headers'>;

/** Where the bytes of evidence are. They never pass through a command. */
export interface EvidenceStore {
  readonly place: Store;
  /** Where pages send bytes to and show them from, where that is not the service itself. */
  readonly origin: string | undefined;
  /** Who may put exactly this object, for {@link UPLOAD_SECONDS}. */
  signUpload(object: ObjectToBe): Promise<SignedUpload>;
  /** Who may read it, for {@link READ_SECONDS}; whether it is there is not looked at. */
  signRead(object: ObjectKey): Promise<SignedRead>;
  /**
   * Whether the object is there and holds what its key says.
   * @throws EvidenceStoreUnavailable
   */
  holds(object: ObjectKey, signal: AbortSignal): Promise<boolean>;
  close(): void;
}

/** The store cannot be used now: the same request may well succeed later. */
export class EvidenceStoreUnavailable extends Error {
  override readonly name = 'EvidenceStoreUnavailable';
}
