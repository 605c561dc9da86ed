import { open, rm } from 'node:fs/promises';
import { type HistoryOptions, historyLines, type Source } from '@dispatch/audit';
import { ticketStream } from '@dispatch/commands';
import { comparePositions, type EventStore, type Recorded } from '@dispatch/event-store';
import { openedEvents } from '@dispatch/privacy';
import type { Uuid } from '@dispatch/ticket';
import { connectedToAny, type Surroundings } from '../database.js';
import { Failure } from '../failure.js';
import { withVault } from '../privacy/keys.js';
import { counted } from '../projections/format.js';

export interface Exporting extends HistoryOptions {
  /** A file that is not there yet; undefined: the answer itself. */
  readonly out?: string;
}

/** Writes the histories of these tickets, or of all. */
export function history(
  given: Surroundings,
  tickets: readonly Uuid[],
  { out, ...options }: Exporting,
): Promise<boolean> {
  const { printer, signal } = given;
  return connectedToAny(given, async (parts) => {
    const source = await sourceOf(parts.store, tickets, signal);
    if (!options.personal) return write(source);
    return withVault(parts, (vault) => write(() => openedEvents(vault, source())));
  });

  async function write(source: Source): Promise<boolean> {
    const lines = historyLines(source, options);
    if (out === undefined) for await (const line of lines) printer.line(line);
    else
      printer.note(`${counted(await written(lines, out, options.format === 'csv' ? '\r\n' : '\n'), 'line')} to ${out}`);
    return true;
  }
}

/** The log up to where it ends now, so that both passes of a format see the same. */
async function sourceOf(store: EventStore, tickets: readonly Uuid[], signal: AbortSignal): Promise<Source> {
  if (tickets.length > 0) {
    const events: Recorded[] = [];
    for (const id of new Set(tickets)) {
      const before = events.length;
      for await (const event of store.read(ticketStream(id), { signal })) events.push(event);
      if (events.length === before) throw new Failure(`there is no ticket ${id}`);
    }
    events.sort((a, b) => comparePositions(a.position, b.position));
    return async function* () {
      yield* events;
    };
  }
  const head = await store.head();
  return async function* () {
    for await (const event of store.readAll({ after: 'start', signal })) {
      if (comparePositions(event.position, head) > 0) return;
      yield event;
    }
  };
}

/** Characters that are written at once. */
const CHUNK = 64 * 1024;

/** Writes a new file; one that could not be finished is taken away again. Answers the number of lines. */
async function written(lines: AsyncIterable<string>, path: string, end: string): Promise<number> {
  const file = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? new Failure(`${path} is there already`) : error;
  });
  try {
    let count = 0;
    let chunk = '';
    for await (const line of lines) {
      count += 1;
      chunk += line + end;
      if (chunk.length < CHUNK) continue;
      await file.write(chunk);
      chunk = '';
    }
    await file.write(chunk);
    await file.close();
    return count;
  } catch (error) {
    await file.close();
    await rm(path);
    throw error;
  }
}
