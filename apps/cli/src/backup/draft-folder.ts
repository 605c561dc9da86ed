import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { types } from 'node:util';
import { syncFolder } from '@dispatch/files';
import { Failure } from '../failure.js';

/**
 * Makes a folder whole or not at all, for its owner's eyes only: it is filled beside its place, under a name that
 * tells what it is, and renamed once everything in it is on disk.
 * @throws Failure when there is something at `target`.
 */
export async function wholeFolder<T>(target: string, fill: (draft: string) => Promise<T>): Promise<T> {
  const place = resolve(target);
  await demandFree(place);
  await mkdir(dirname(place), { recursive: true });
  const draft = await mkdtemp(join(dirname(place), `${basename(place)}.partial-`));
  try {
    const filled = await fill(draft);
    await syncFolder(draft);
    await rename(draft, place);
    await syncFolder(dirname(place));
    return filled;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw isFull(error) ? new Failure(`the disk of ${place} is full: nothing was left there`) : error;
  }
}

async function demandFree(place: string): Promise<void> {
  const there = await readdir(place).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error.code === 'ENOTDIR' ? new Failure(`${place} is a file, and is left alone`) : error;
  });
  if (there.length > 0) throw new Failure(`${place} is not empty, and is left alone`);
}

/** A new file for its owner's eyes only, on disk when this resolves. */
export function writeNew(path: string, text: string): Promise<void> {
  return writeFile(path, text, { flag: 'wx', mode: 0o600, flush: true });
}

const isFull = (error: unknown): boolean =>
  types.isNativeError(error) && 'code' in error && ['ENOSPC', 'EDQUOT'].includes(String(error.code));
