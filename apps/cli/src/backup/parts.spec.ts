import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { collect } from '../../../../libs/event-store/src/testing/events.js';
import { wholeFolder } from './draft-folder.js';
import { readManifest } from './manifest.js';
import { checkPart, readPart, writeParts } from './parts.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dispatch-parts-'));
});
afterAll(() => rm(folder, { recursive: true }));

const values = Array.from({ length: 25 }, (_, n) => ({ n, text: `ä \u2028 \n ${'x'.repeat(n * 1_000)}` }));
const given = async function* () {
  yield* values;
};
const { signal } = new AbortController();

test('what is written in parts is read back, and each part is for its owner alone', async () => {
  const parts = await writeParts(folder, 'log', given(), 10);
  expect(parts.map(({ name, lines }) => [name, lines])).toEqual([
    ['log-00001.ndjson.gz', 10],
    ['log-00002.ndjson.gz', 10],
    ['log-00003.ndjson.gz', 5],
  ]);
  const read = [];
  for (const part of parts) {
    await checkPart(folder, part, signal);
    read.push(...(await collect(readPart(folder, part))));
    expect((await stat(join(folder, part.name))).mode & 0o777).toBe(0o600);
  }
  expect(read).toEqual(values);
});

test.each(['changed', 'cut'])(
  'a part that was %s is refused by its name, also when it was checked before',
  async (how) => {
    const place = join(folder, how);
    const [part] = await wholeFolder(place, (draft) => writeParts(draft, 'acts', given()));
    if (!part) throw new Error('no part was written');
    const path = join(place, part.name);
    const bytes = await readFile(path);
    bytes.writeUInt8(bytes.readUInt8(200) ^ 1, 200);
    await writeFile(path, how === 'cut' ? bytes.subarray(0, 150) : bytes);
    await expect(checkPart(place, part, signal)).rejects.toThrow(`${path} is damaged`);
    await expect(collect(readPart(place, part))).rejects.toThrow(`${path} is damaged`);
  },
);

test('a folder that is not filled to its end is not there', async () => {
  const place = join(folder, 'half');
  const half = wholeFolder(place, async (draft) => {
    await writeParts(draft, 'log', given());
    throw new Error('cut short');
  });
  await expect(half).rejects.toThrow('cut short');
  expect((await readdir(folder)).filter((name) => name.startsWith('half'))).toEqual([]);
  await expect(readManifest(place)).rejects.toThrow(`${place} holds no backup: manifest.json is missing`);
});

test('a folder that holds something is left alone', async () => {
  const place = join(folder, 'taken');
  await wholeFolder(place, (draft) => writeFile(join(draft, 'mine'), ''));
  await expect(wholeFolder(place, async () => undefined)).rejects.toThrow(`${place} is not empty, and is left alone`);
});

/** A disk of 64 KiB, where this user may mount one. */
function smallDisk(): string | undefined {
  const path = execFileSync('mktemp', ['-d', '-t', 'dispatch-disk-XXXXXX'], { encoding: 'utf8' }).trim();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path], { stdio: 'ignore' });
    return path;
  } catch {
    execFileSync('rmdir', [path]);
    return undefined;
  }
}
const disk = smallDisk();
afterAll(() => {
  if (disk) execFileSync('umount', [disk]);
  if (disk) execFileSync('rmdir', [disk]);
});

(disk ? test : test.skip)('a full disk is told as such, and nothing is left on it', async () => {
  const noise = async function* () {
    for (let n = 0; n < 20_000; n += 1) yield { n, noise: Math.random() };
  };
  const place = join(disk ?? '', 'backup');
  const full = wholeFolder(place, (draft) => writeParts(draft, 'log', noise()));
  await expect(full).rejects.toThrow(`the disk of ${place} is full: nothing was left there`);
  expect(await readdir(disk ?? '')).toEqual([]);
});
