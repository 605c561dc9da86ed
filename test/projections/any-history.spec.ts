import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { decorated, openMemoryEventStore, type Position } from '@dispatch/event-store';
import {
  openReadModels,
  type ReadModel,
  type ReadModels,
  readModel,
  rebuild,
  type Row,
  type RunningProjections,
  startProjections,
} from '@dispatch/projection';
import { READ_MODELS } from '@dispatch/projections';
import type { Policy } from '@dispatch/policy';
import fc from 'fast-check';
import { Client } from 'pg';
import { openReadTable } from '../../libs/projection/src/read-table.js';
import { counters } from '../../libs/projection/src/testing/counters.js';
import { migratedDatabase, type TestDatabase } from '../postgres/database.js';
import { shippedPolicy } from '../support/api.js';
import { anyCourse, type Coming, type Course, type Crash } from './any-history.js';
import { type Line, openLine } from './line.js';

const LONG = process.env['DISPATCH_TEST_LONG'] === '1';
const MODELS = [...READ_MODELS, readModel(counters())];
const NAMES = MODELS.map(({ name }) => name);
/** Several starts over in a row wait longer each time. */
const PATIENCE_MS = 60_000;

if (LONG) jest.setTimeout(600_000);

let policy: Policy;
let database: TestDatabase;
/** One for each model. */
let lines: readonly Line[];
let models: ReadModels;
let owner: Client;
/** The log; each history goes on where the one before it ended. */
const log = openMemoryEventStore();
/** The rows as plain folds leave them, by model and key. */
const folded = new Map(MODELS.map(({ name }) => [name, new Map<string, Row>()]));

beforeAll(async () => {
  policy = await shippedPolicy();
  database = await migratedDatabase();
  lines = await Promise.all(MODELS.map(() => openLine(database.url)));
  models = openReadModels({ url: database.url, store: log });
  owner = new Client({ connectionString: database.ownerUrl });
  await owner.connect();
  // Empty tables, so that every history comes in live.
  const first = startProjections({ url: database.url, store: log, models: MODELS });
  expect(await models.waitFor(NAMES, 'start', PATIENCE_MS)).toBe(true);
  await first.stop();
});
afterAll(async () => {
  await owner.end();
  await models.close();
  await Promise.all(lines.map((line) => line.close()));
  await database.drop();
});

/** Appends and folds one event after another, and no more to it. */
async function append({ stream, event }: Coming): Promise<void> {
  const appended = await log.append(stream, 'any', event);
  if (!('written' in appended)) throw new Error(`an event of ${stream} was not written`);
  for (const model of MODELS) {
    const rows = folded.get(model.name);
    if (!model.follows(stream)) continue;
    const row = model.step(rows?.get(stream) ?? null, appended.written);
    if (row) rows?.set(stream, row);
    else rows?.delete(stream);
  }
}

/** What stands under the view, as the folds made it. */
async function standing(name: string): Promise<Map<string, Row>> {
  const { rows } = await owner.query<{ key: string }>(`select key from dispatch_read.${name}`);
  const table = await openReadTable(owner, name);
  return table.load(
    owner,
    rows.map(({ key }) => key),
  );
}

async function expectRows(): Promise<void> {
  for (const name of NAMES) expect([name, await standing(name)]).toEqual([name, folded.get(name)]);
}

/** Keeps one read model, through all that happens to it. */
function keeping(model: ReadModel, line: Line, { batchSizes, crashes }: Course, begin: Position | 'start') {
  const sizes = batchSizes[Symbol.iterator]();
  const mine = crashes.filter((crash) => crash.model === model.name);
  const waiting = new Map(mine.map((crash) => [offset(begin, crash.at), crash]));
  const store = decorated(log, {
    async *follow(after, signal) {
      for await (const event of log.follow(after, signal)) {
        const crash = waiting.get(event.position);
        waiting.delete(event.position);
        if (crash) happen(crash);
        yield event;
      }
    },
  });
  const start = (): RunningProjections =>
    startProjections({ url: line.url, store, models: [model], batchSize: sizes.next().value ?? 1_000 });
  let running = Promise.resolve(start());
  function happen({ how, answers }: Crash): void {
    if (how === 'cut') line.cut();
    else if (how === 'answer lost') line.loseAnswer(answers);
    else running = running.then((one) => one.stop()).then(start);
  }
  return {
    /** Crashes that did not come to be. */
    left: () => waiting.size,
    stop: async () => (await running).stop(),
  };
}

const offset = (position: Position | 'start', by: number): Position =>
  String((position === 'start' ? 0 : Number(position)) + 1 + by);

async function sameRows(course: Course): Promise<void> {
  const begin = await log.head();
  const keepers = MODELS.flatMap((model, n) =>
    lines.slice(n, n + 1).map((line) => keeping(model, line, course, begin)),
  );
  try {
    for (const coming of course.events) await append(coming);
    expect(await models.waitFor(NAMES, await log.head(), PATIENCE_MS)).toBe(true);
  } finally {
    await Promise.all(keepers.map((keeper) => keeper.stop()));
  }
  expect(keepers.map((keeper) => keeper.left())).toEqual(keepers.map(() => 0));
  expect((await models.status()).flatMap(({ parked }) => parked)).toEqual([]);
  await expectRows();
  for (const model of MODELS) {
    const rebuilt = await rebuild(model, { url: database.url, store: log, by: 'test', ...course.rebuild });
    expect(rebuilt).toMatchObject({ swapped: true, differences: [] });
  }
  await expectRows();
}

test('any history has the same rows, in whatever batches and through whatever crashes, or rebuilt from nothing', async () => {
  await fc.assert(fc.asyncProperty(anyCourse(policy, NAMES), sameRows), {
    numRuns: LONG ? 100 : 4,
    endOnFailure: true,
  });
});
