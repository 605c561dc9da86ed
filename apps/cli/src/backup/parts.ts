import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline as joined, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { types } from 'node:util';
import { createGunzip, createGzip } from 'node:zlib';
import { Failure } from '../failure.js';
import type { Kind } from './contents.js';
import type { Part } from './manifest.js';

/** Lines in a file at most: small enough to be copied and checked one by one. */
const PART_LINES = 250_000;
/** Text that is handed on at once, in UTF-16 units. */
const CHUNK_UNITS = 64 * 1024;
/** No line that Dispatch wrote is longer, in bytes: an event has 16 Mi UTF-16 units at most. */
const LONGEST_LINE = 64 * 1024 * 1024;

/** Writes what comes as lines of JSON into files of the folder, readable by their owner only, and on disk at the end. */
export async function writeParts(
  folder: string,
  kind: Kind,
  values: AsyncIterable<object>,
  partLines: number = PART_LINES,
): Promise<Part[]> {
  const iterator = values[Symbol.asyncIterator]();
  const parts: Part[] = [];
  try {
    for (let next = await iterator.next(); !next.done; ) {
      const name = `${kind}-${String(parts.length + 1).padStart(5, '0')}.ndjson.gz`;
      let lines = 0;
      const chunks = async function* (): AsyncGenerator<string> {
        let text = '';
        for (; !next.done && lines < partLines; lines += 1, next = await iterator.next()) {
          text += `${JSON.stringify(next.value)}\n`;
          if (text.length < CHUNK_UNITS) continue;
          yield text;
          text = '';
        }
        yield text;
      };
      const file = createWriteStream(join(folder, name), { flags: 'wx', mode: 0o600, flush: true });
      const sum = hashing();
      await pipeline(chunks, createGzip(), sum.stream, file);
      parts.push({ name, kind, lines, ...sum.result() });
    }
  } finally {
    await iterator.return?.();
  }
  return parts;
}

/** @throws Failure that names the file when it is not the one that was written. */
export async function checkPart(folder: string, part: Part, signal: AbortSignal): Promise<void> {
  const path = join(folder, part.name);
  const sum = hashing();
  // Nobody reads what comes through.
  await pipeline(opened(path), sum.stream, (chunks: AsyncIterable<Buffer>) => drained(chunks), { signal });
  expectSame(path, part, sum.result());
}

/** The values of a file's lines. The sum is taken again: what is used is what was checked. */
export async function* readPart(folder: string, part: Part): AsyncGenerator<unknown> {
  const path = join(folder, part.name);
  const sum = hashing();
  const input = opened(path);
  // An error of any of them is thrown to whoever reads the last.
  const lines = linesOf(joined(input, sum.stream, createGunzip(), () => undefined));
  let line = 0;
  try {
    for await (const text of lines) {
      line += 1;
      yield JSON.parse(text);
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw new Failure(`${path} is damaged: line ${line} is no JSON`);
    if (isZlibError(error)) throw new Failure(`${path} is damaged: ${error.message}`);
    throw error;
  } finally {
    input.destroy();
  }
  expectSame(path, part, sum.result());
}

function opened(path: string) {
  return createReadStream(path, { highWaterMark: 256 * 1024 });
}

async function drained(chunks: AsyncIterable<Buffer>): Promise<void> {
  for await (const _ of chunks);
}

function expectSame(path: string, part: Part, found: Pick<Part, 'bytes' | 'sha256'>): void {
  if (found.sha256 === part.sha256 && found.bytes === part.bytes) return;
  throw new Failure(`${path} is damaged: its checksum differs from the manifest's`);
}

const isZlibError = (error: unknown): error is Error =>
  types.isNativeError(error) && 'code' in error && String(error.code).startsWith('Z_');

/** Hands on what comes through, and knows its size and SHA-256 afterwards. */
function hashing() {
  const hash: Hash = createHash('sha256');
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(undefined, chunk);
    },
  });
  return { stream, result: () => ({ bytes, sha256: hash.digest('hex') }) };
}

/** Cut at line feeds alone: JSON may hold what other readers of lines take for an end. */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let begun: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      yield Buffer.concat([...begun, chunk.subarray(from, end)]).toString();
      [begun, length, from] = [[], 0, end + 1];
    }
    begun.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > LONGEST_LINE) throw new Failure(`a line of more than ${LONGEST_LINE} bytes is none of a backup`);
  }
  if (length > 0) throw new Failure('the last line has no end');
}
