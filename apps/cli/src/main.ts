import { givePrecedence } from '@dispatch/process';
import { printerTo } from './printer.js';
import { run } from './program.js';

givePrecedence();

const stopping = new AbortController();
// Once: a second Ctrl-C ends what does not stop by itself.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stopping.abort());

// Who read has what he wanted, as `| head`: it ends as SIGPIPE ends others, and says nothing.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(141);
    throw error;
  });

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  printer: printerTo(process.stdout, process.stderr),
  signal: stopping.signal,
});
