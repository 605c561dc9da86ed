import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from './errors.js';

/** The file's text; undefined when there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** A file that is there whole or not at all, also after a power cut; readable by its owner only. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  await using(await open(draft, 'w', 0o600), async (file) => {
    await file.chmod(0o600);
    await file.writeFile(text);
    await file.sync();
  });
  await rename(draft, path);
  await syncFolder(dirname(path));
}

/** Makes renames in a folder durable. Windows has no such call and needs none. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using(await open(path, 'r'), (folder) => folder.sync());
}

async function using(file: FileHandle, work: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await work(file);
  } finally {
    await file.close();
  }
}
