import { givePrecedence } from '@dispatch/process';
import { printerTo } from './printer.js';
import { run } from './program.js';

givePrecedence();

const stopping = new AbortController();
// Once: a second Ctrl-C ends what does not stop by itself.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stopping.abort());

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  printer: printerTo(process.stdout, process.stderr),
  signal: stopping.signal,
});
