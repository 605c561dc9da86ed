import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Recorded } from '../event-store.js';
import type { LogAddress, WriterTask } from './append-worker.js';

const root = join(import.meta.dirname, '../../../..');
const sources = join(root, 'test/support/typescript.mjs');

/** Runs the task in a process of its own; answers what it was told is written, in the order it was told. */
export async function spawnWriter(log: LogAddress, task: WriterTask): Promise<Recorded[]> {
  const worker = spawn(process.execPath, ['--import', sources, join(import.meta.dirname, 'append-worker.ts')], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exit = new Promise<number | null>((resolve, reject) => worker.once('exit', resolve).once('error', reject));
  worker.stdin.end(JSON.stringify({ log, task }));
  const lines = (await text(worker.stdout)).split('\n').filter((line) => line !== '');
  const code = await exit;
  if (code !== 0) throw new Error(`the writer ${task.writer} ended with ${code}`);
  return lines.map((line) => JSON.parse(line));
}
