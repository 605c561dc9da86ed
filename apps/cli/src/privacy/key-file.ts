import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import {
  type Erasure,
  KeyFault,
  type MasterKey,
  NAMING,
  type PostgresKeys,
  type StoredKey,
  unwrap,
  wrap,
} from '@dispatch/privacy';
import { Failure } from '../failure.js';

/** The first line of a file of keys. What follows are keys, still under the master key, and erasures; then `end`. */
interface Head {
  readonly format: 'dispatch-keys';
  readonly version: 1;
  /** Of the master key that the keys are under. */
  readonly mark: string;
  /** The key that names are made with, under the master key. */
  readonly naming: string;
  readonly created_at: string;
}

interface KeyLine {
  readonly subject: string;
  readonly wrapped: string;
  readonly made_at: string;
  readonly name: string | null;
}

type Line =
  | Head
  | KeyLine
  | { readonly erased: string; readonly at: string; readonly by: string }
  | { readonly end: number };

/** Writes keys and erasures into a new file, which only its owner may read. Answers how many keys. */
export async function writeKeys(path: string, keys: PostgresKeys): Promise<number> {
  const master = await keys.master();
  if (!master) throw new Failure('there is no key yet: nobody has written anything personal');
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? new Failure(`${path} is there already`) : error;
  });
  const put = (line: Line) => file.write(`${JSON.stringify(line)}\n`);
  try {
    let count = 0;
    const { mark, naming } = master;
    const head = { format: 'dispatch-keys', version: 1, mark, naming: naming.toString('base64') } as const;
    await put({ ...head, created_at: new Date().toISOString() });
    for await (const { subject, wrapped, madeAt, name } of keys.all()) {
      const text = name === null ? null : name.toString('base64');
      await put({ subject, wrapped: wrapped.toString('base64'), made_at: madeAt, name: text });
      count += 1;
    }
    for (const { subject, at, by } of await keys.erasures()) await put({ erased: subject, at, by });
    await put({ end: count });
    await file.sync();
    await file.close();
    return count;
  } catch (error) {
    await file.close();
    await rm(path);
    throw error;
  }
}

export interface KeyFile {
  /** Under `master`. */
  readonly naming: Buffer;
  readonly keys: readonly StoredKey[];
  readonly erasures: readonly Omit<Erasure, 'recorded'>[];
}

/**
 * What a file of keys holds, its keys under `master` as they are kept there, or taken from under `before`, the master key
 * that they were kept under. Every key is tried: a file that was changed is refused as a whole.
 */
export async function readKeys(path: string, master: MasterKey, before: MasterKey = master): Promise<KeyFile> {
  const keys: StoredKey[] = [];
  const erasures: Omit<Erasure, 'recorded'>[] = [];
  let naming: Buffer | undefined;
  let ended = false;
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    const line = lineOf(text, path);
    if ('format' in line) {
      if (line.version !== 1) throw new Failure(`${path} is of version ${String(line.version)}, which is not known`);
      if (line.mark !== before.mark)
        throw new Failure(`the keys in ${path} are under master key ${line.mark}, and this one is ${before.mark}`);
      naming = rewrapped(NAMING, line.naming, master, before);
    } else if ('end' in line) ended = line.end === keys.length;
    else if ('erased' in line) erasures.push({ subject: line.erased, at: line.at, by: line.by });
    else keys.push(keyOf(line, master, before));
  }
  if (!naming || !ended) throw new Failure(`${path} is not a whole file of keys`);
  return { naming, keys, erasures };
}

function lineOf(text: string, path: string): Line {
  try {
    return JSON.parse(text) as Line;
  } catch {
    throw new Failure(`${path} is not a file of keys`);
  }
}

function keyOf({ subject, wrapped, made_at: madeAt, name }: KeyLine, master: MasterKey, before: MasterKey): StoredKey {
  const bytes = name === null ? null : Buffer.from(name, 'base64');
  return { subject, wrapped: rewrapped(subject, wrapped, master, before), madeAt, name: bytes };
}

function rewrapped(subject: string, wrapped: string, master: MasterKey, before: MasterKey): Buffer {
  const kept = Buffer.from(wrapped, 'base64');
  const key = unwrap(before.wrapping, subject, kept);
  if (!key) throw new KeyFault(`the key of subject ${subject} does not open with the master key`);
  return master.mark === before.mark ? kept : wrap(master.wrapping, subject, key);
}
