import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '@dispatch/files';
import { LRUCache } from 'lru-cache';
import {
  type EvidenceStore,
  EvidenceStoreUnavailable,
  type ObjectToBe,
  READ_SECONDS,
  UPLOAD_SECONDS,
} from '../evidence-store.js';
import { keyOf, type ObjectKey } from '../object-key.js';
import { admits, type SignedAddress, signedUrl } from './signing.js';
import { signingKeyIn } from './signing-key.js';

/** The bucket that references name, though there is no other: see docs/decisions/0017-evidence-store.md. */
const BUCKET = 'dispatch-uploads';

export interface FolderOptions {
  readonly dir: string;
  /** Of the references that are given out. */
  readonly scheme: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Opens a draft to write; another way than the usual one shows what a full disk does. */
  readonly openDraft?: (path: string) => Promise<FileHandle>;
}

/** Whether what came is what was promised. */
export type Received = 'kept' | 'too large' | 'too small' | 'other content';

/** The store that the service keeps itself: files of a folder, by addresses that it signs. */
export interface FolderStore extends EvidenceStore {
  admits(address: SignedAddress, signature: string): boolean;
  /**
   * Takes the bytes of an object. It is there whole and on disk, or not at all: bytes that are not the promised ones
   * leave nothing, nor do those that end early.
   * @throws EvidenceStoreUnavailable when the disk does not take them
   */
  receive(object: ObjectToBe, bytes: AsyncIterable<Uint8Array>): Promise<Received>;
  /** The object to be read, with its size; undefined when there is none. */
  open(object: ObjectKey): Promise<{ readonly file: FileHandle; readonly size: number } | undefined>;
}

/** What was left by a process that was killed is no part of any upload after so many milliseconds. */
const ABANDONED_MS = 60 * 60 * 1_000;
/** Files whose content is known since it was last read. */
const KNOWN = 10_000;

/** Opens the folder, makes it at the first call, and clears away what killed processes left. */
export async function openFolderStore({
  dir,
  scheme,
  clock,
  openDraft = usualDraft,
}: FolderOptions): Promise<FolderStore> {
  const [objects, drafts] = [join(dir, 'objects'), join(dir, 'incoming')];
  for (const folder of [objects, drafts]) await mkdir(folder, { recursive: true, mode: 0o700 });
  const key = await signingKeyIn(join(dir, 'signing-key'));
  await clear(drafts, clock() - ABANDONED_MS);
  const place = { scheme, bucket: BUCKET, prefix: '' };
  const known = new LRUCache<string, string>({ max: KNOWN });
  const pathOf = (object: ObjectKey) => join(objects, keyOf(object));
  const seconds = () => Math.floor(clock() / 1_000);
  const sign = (address: Omit<SignedAddress, 'expires'>, lasts: number) => {
    const expires = seconds() + lasts;
    return { url: signedUrl(key, { ...address, expires }), expiresAt: new Date(expires * 1_000) };
  };

  return {
    place,
    origin: undefined,
    async signUpload(object) {
      const headers = { 'content-type': object.contentType };
      return { ...sign({ method: 'PUT', object, size: object.size }, UPLOAD_SECONDS), headers };
    },
    async signRead(object) {
      return sign({ method: 'GET', object, size: 0 }, READ_SECONDS);
    },
    admits: (address, signature) => admits(key, address, signature, seconds()),

    async receive(object, bytes) {
      const draft = join(drafts, `${randomUUID()}.part`);
      try {
        const received = await written(draft, object, bytes, openDraft);
        if (received === 'kept') await moved(draft, pathOf(object));
        return received;
      } catch (error) {
        if (!isOfDisk(error)) throw error;
        throw new EvidenceStoreUnavailable(`the folder takes no objects: ${error.code}`, { cause: error });
      } finally {
        await rm(draft, { force: true });
      }
    },

    async open(object) {
      const file = await open(pathOf(object), 'r').catch(unlessMissing);
      return file && { file, size: (await file.stat()).size };
    },

    async holds(object, signal) {
      const path = pathOf(object);
      const found = await stat(path).catch(unlessMissing);
      if (!found) return false;
      const version = `${path}:${found.ino}:${found.size}:${found.mtimeMs}`;
      const digest = known.get(version) ?? (await digestOf(path, signal));
      known.set(version, digest);
      return digest === object.sha256;
    },
    close() {},
  };
}

const usualDraft = (path: string) => open(path, 'wx', 0o600);

/** Counts and hashes the bytes on their way to the disk; never more of them in memory than one piece. */
async function written(
  path: string,
  { size, sha256 }: ObjectToBe,
  bytes: AsyncIterable<Uint8Array>,
  openDraft: (path: string) => Promise<FileHandle>,
): Promise<Received> {
  const hash = createHash('sha256');
  let count = 0;
  async function* counted() {
    for await (const piece of bytes) {
      count += piece.length;
      if (count > size) return;
      hash.update(piece);
      yield piece;
    }
  }
  const file = await openDraft(path);
  try {
    await file.writeFile(counted());
    if (count > size) return 'too large';
    if (count < size) return 'too small';
    if (hash.digest('hex') !== sha256) return 'other content';
    await file.sync();
    return 'kept';
  } finally {
    await file.close();
  }
}

/** The same object may be there already, or come twice at once: it is replaced by itself. */
async function moved(draft: string, path: string): Promise<void> {
  const folder = dirname(path);
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  await rename(draft, path);
  await syncFolder(folder);
  if (made !== undefined) await syncFolder(dirname(folder));
}

async function digestOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const piece of createReadStream(path, { signal })) hash.update(piece as Uint8Array);
  } catch (cause) {
    throw new EvidenceStoreUnavailable('an object of the folder cannot be read', { cause });
  }
  return hash.digest('hex');
}

async function clear(drafts: string, before: number): Promise<void> {
  for (const name of await readdir(drafts)) {
    const path = join(drafts, name);
    const found = await stat(path).catch(unlessMissing);
    if (found && found.mtimeMs < before) await rm(path, { force: true });
  }
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT')
    throw new EvidenceStoreUnavailable(`the folder cannot be read: ${error.code}`, { cause: error });
}

/** Errors of the disk, not of whoever sends: theirs come from the stream. */
const DISK = new Set([
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EIO',
  'EACCES',
  'EPERM',
  'ENOENT',
  'ENOTDIR',
  'EMFILE',
  'ENFILE',
  'EFBIG',
]);

const isOfDisk = (error: unknown): error is NodeJS.ErrnoException =>
  typeof error === 'object' && error !== null && 'code' in error && DISK.has(String(error.code));
