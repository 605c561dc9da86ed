import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setInterval } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { decorated, type EventStore, openPostgresEventStore } from '@dispatch/event-store';
import { readiness, type Readiness } from '@dispatch/process';
import { openReadModels, type ReadModels, startProjections } from '@dispatch/projection';
import { READ_MODELS } from '@dispatch/projections';
import { migratedDatabase } from '../postgres/database.js';
import { type RunningProcess, startProcess } from '../support/process.js';

/** How soon it must show when nobody keeps a read model, in milliseconds. */
const SHOWS_MS = 10_000;
const NAMES = READ_MODELS.map(({ name }) => name);

/** A log, its read models, and somebody who asks whether they are kept, and keeps none himself. */
interface Installation {
  readonly url: string;
  readonly ownerUrl: string;
  readonly store: EventStore;
  readonly models: ReadModels;
  readonly ready: () => Promise<Readiness>;
}

const stops: (() => Promise<unknown>)[] = [];
let one: Installation;
let other: Installation;
beforeEach(async () => {
  [one, other] = await Promise.all([install(), install()]);
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function install(): Promise<Installation> {
  const database = await migratedDatabase();
  const { url, ownerUrl } = database;
  const store = openPostgresEventStore({ url });
  const models = openReadModels({ url, store });
  stops.push(
    () => database.drop(),
    () => store.close(),
    () => models.close(),
  );
  const log = { info: () => undefined, warn: () => undefined };
  return { url, ownerUrl, store, models, ready: readiness({ store, models, names: NAMES, log }) };
}

async function projector({ url, ownerUrl }: Installation): Promise<RunningProcess> {
  const running = await startProcess('projector', {
    DISPATCH_ROLE: 'projector',
    DISPATCH_DATABASE_URL: url,
    DISPATCH_DATABASE_MIGRATION_URL: ownerUrl,
  });
  stops.push(() => running.kill());
  return running;
}

/** Kept by this process, which hears nothing of the log after its start: as over a connection that died unnoticed. */
function deafRunner(installation: Installation): void {
  const { store } = installation;
  const deaf = decorated(store, {
    async *follow(_after, signal) {
      if (!signal.aborted) await once(signal, 'abort');
    },
  });
  runner(installation, deaf);
}

function runner({ url }: Installation, store: EventStore): void {
  const projections = startProjections({ url, store, models: READ_MODELS });
  stops.push(() => projections.stop());
}

async function append({ store }: Installation): Promise<void> {
  // Of long ago: what counts is how long it has been in the log.
  const at = '2024-01-01T00:00:00.000Z';
  const event = { id: randomUUID(), type: 'Noted', schemaVersion: 1, data: {}, metadata: {}, at };
  await store.append('notes', 'any', event);
}

/** Milliseconds until the answer is this one; the test's own time limit ends it. */
async function until({ ready }: Installation, wanted: Readiness): Promise<number> {
  const begun = performance.now();
  for await (const _ of setInterval(50)) if (isDeepStrictEqual(await ready(), wanted)) break;
  return performance.now() - begun;
}

const READY: Readiness = { ready: true, parkedKeys: 0 };
const because = (reason: string): Readiness => ({ ready: false, reason });

test('a runner that stands still, or hears nothing of the log, shows within ten seconds; and so does that it goes on', async () => {
  deafRunner(other);
  const stuck = await projector(one);
  await Promise.all([until(one, READY), until(other, READY)]);

  stuck.send('SIGSTOP');
  await append(other);
  const shown = await Promise.all([
    until(one, because('no runner keeps a projection')),
    until(other, because('a projection stands still')),
  ]);
  for (const ms of shown) expect(ms).toBeLessThan(SHOWS_MS);
  expect((await one.models.status()).map(({ runner }) => runner?.split(':').at(-1))).toEqual(
    NAMES.map(() => String(stuck.pid)),
  );

  stuck.send('SIGCONT');
  await until(one, READY);
});

test('a history of long ago is not behind while it is written', async () => {
  runner(one, one.store);
  await until(one, READY);
  const answers: Readiness[] = [];
  for (let n = 0; n < 300; n += 1) {
    await append(one);
    if (n % 10 === 0) answers.push(await one.ready());
  }
  expect(answers).toEqual(answers.map(() => READY));
});
