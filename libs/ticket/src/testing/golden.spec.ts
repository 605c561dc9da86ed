import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Upcaster, upcasters } from '../upcast.js';
import { events } from './arbitrary.js';
import { type Logged, replayed } from './log.js';

interface Golden {
  readonly streams: readonly {
    readonly name: string;
    readonly ticketId: string;
    readonly events: readonly Logged[];
    /** What the release that wrote the stream made of it. A later one may know more, never otherwise. */
    readonly ticket: object;
  }[];
}

/** A file for each release that wrote a new shape. Never rewritten: these stand for the logs in the field. */
const folder = join(import.meta.dirname, 'golden');
const streams = readdirSync(folder)
  .map((file): Golden => JSON.parse(readFileSync(join(folder, file), 'utf8')))
  .flatMap((release) => release.streams);

test.each(streams)('the stream "$name" still folds to its ticket', ({ ticketId, events: stream, ticket }) => {
  expect(replayed(ticketId, stream).at(-1)).toMatchObject(ticket);
});

describe('every shape that was ever written is among them', () => {
  const written = streams.flatMap((stream) => stream.events).map((one) => `${one.type} ${one.schemaVersion}`);
  const steps: Readonly<Record<string, readonly Upcaster[] | undefined>> = upcasters;
  const shapes = Object.keys(events).flatMap((type) => [
    `${type} 1`,
    ...(steps[type] ?? []).map((_, n) => `${type} ${n + 2}`),
  ]);

  test.each(shapes)('%s', (shape) => {
    expect(written).toContain(shape);
  });
});
