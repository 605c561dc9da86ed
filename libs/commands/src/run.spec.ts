import { describe, expect, test } from '@jest/globals';
import { type EventStore, LogUnavailable, type NewEvent, openMemoryEventStore } from '@dispatch/event-store';
import { type Attempt, commandPath, type Outcome } from './run.js';
import { foldedStreams } from './streams.js';
import { newUuid } from './testing/calls.js';
import { losingAnswers, watchedStore, wholeLog } from './testing/stores.js';
import { said, type Tally, tallied } from './testing/tally.js';

type Refusal = 'not now' | 'out of scope';

/** The command path of one process. */
const process = (store: EventStore) => commandPath(store, foldedStreams(store, tallied));

/** Says a word; `decide` tells whether it may, and is told how often it was asked. */
function saying(type: string, parts: Partial<Attempt<Tally, Refusal>> = {}): Attempt<Tally, Refusal> {
  const { eventId = newUuid(), contentHash = 'asked' } = parts;
  return {
    stream: 's',
    eventId,
    contentHash,
    mayReplay: () => undefined,
    decide: async () => ({ event: said(type, { id: eventId, metadata: { contentHash } }) }),
    ...parts,
  };
}

/** Refused once the word has been said. */
const onlyOnce = (type: string, parts: Partial<Attempt<Tally, Refusal>> = {}): Attempt<Tally, Refusal> => {
  const attempt = saying(type, parts);
  return {
    ...attempt,
    decide: async (tally) => (tally?.includes(type) ? { rejection: 'not now' } : attempt.decide(tally)),
  };
};

const words = async (store: EventStore) => (await wholeLog(store)).map(({ type }) => type);

function written(outcome: Outcome<Tally, Refusal>) {
  if ('event' in outcome) return outcome;
  throw new Error(`not written: ${JSON.stringify(outcome)}`);
}

test('what is decided is appended, and the state after it is the answer', async () => {
  const { store, used } = watchedStore();
  const { run } = process(store);
  expect(await run(saying('one'))).toMatchObject({ state: ['one'], event: { revision: 0 }, replayed: false });
  used.length = 0;
  expect(await run(saying('two'))).toMatchObject({ state: ['one', 'two'], event: { revision: 1 }, replayed: false });
  // One round trip for a stream that is kept.
  expect(used).toEqual(['append']);
});

test('a command that begins its stream reads nothing first', async () => {
  const { store, used } = watchedStore();
  await process(store).run(saying('one', { begins: true }));
  expect(used).toEqual(['append']);
});

test('a refusal changes nothing, and the same command may be tried again', async () => {
  const store = openMemoryEventStore();
  const { run } = process(store);
  let open = false;
  const attempt = saying('one');
  const decide: typeof attempt.decide = async (tally) => (open ? attempt.decide(tally) : { rejection: 'not now' });
  expect(await run({ ...attempt, decide })).toEqual({ rejection: 'not now' });
  expect(await words(store)).toEqual([]);
  open = true;
  expect(await run({ ...attempt, decide })).toMatchObject({ state: ['one'], replayed: false });
});

describe('another process moved the stream behind the cache', () => {
  test('a lost race is decided again, on what is there now', async () => {
    const store = openMemoryEventStore();
    const [here, there] = [process(store), process(store)];
    await here.run(saying('one'));
    await there.run(saying('two'));
    expect(await here.run(saying('three'))).toMatchObject({ state: ['one', 'two', 'three'], event: { revision: 2 } });
  });

  test('what was decided anew may be a refusal', async () => {
    const store = openMemoryEventStore();
    const [here, there] = [process(store), process(store)];
    await here.run(saying('one'));
    await there.run(onlyOnce('two'));
    expect(await here.run(onlyOnce('two'))).toEqual({ rejection: 'not now' });
    expect(await words(store)).toEqual(['one', 'two']);
  });

  test('a refusal that rests on what is no longer so is not answered', async () => {
    const store = openMemoryEventStore();
    const [here, there] = [process(store), process(store)];
    await here.run(saying('closed'));
    await there.run(saying('open'));
    const attempt = saying('in');
    const decide: typeof attempt.decide = async (tally) =>
      tally?.at(-1) === 'open' ? attempt.decide(tally) : { rejection: 'not now' };
    expect(await here.run({ ...attempt, decide })).toMatchObject({ state: ['closed', 'open', 'in'] });
  });

  test('a refusal is checked against the log once, and decided once when nothing moved', async () => {
    const { store, used } = watchedStore();
    const { run } = process(store);
    await run(saying('one'));
    used.length = 0;
    let asked = 0;
    const decide = async () => {
      asked += 1;
      return { rejection: 'not now' as const };
    };
    expect(await run(saying('two', { decide }))).toEqual({ rejection: 'not now' });
    expect({ asked, used }).toEqual({ asked: 1, used: ['read', 'find'] });
  });

  test('a command that is faster each time wins: five tries, then the revision that was met', async () => {
    let tries = 0;
    const { store } = watchedStore((inner) => ({
      async append(stream, expected, event) {
        tries += 1;
        await inner.append(stream, 'any', said('faster'));
        return inner.append(stream, expected, event);
      },
    }));
    expect(await process(store).run(saying('slow'))).toEqual({ conflict: true, actual: 4 });
    expect(tries).toBe(5);
    expect(await words(store)).toEqual(Array(5).fill('faster'));
  });
});

describe('a repeat', () => {
  test.each(['here', 'in another process'])('is answered from the log %s, as the first try was', async (where) => {
    const store = openMemoryEventStore();
    const first = process(store);
    const attempt = saying('one');
    const answer = written(await first.run(attempt));
    await first.run(saying('two'));
    const again = where === 'here' ? first : process(store);
    expect(await again.run(attempt)).toEqual({ ...answer, replayed: true });
    expect(await words(store)).toEqual(['one', 'two']);
  });

  test('that is refused now, since its own first try was accepted, is answered as that was', async () => {
    const store = openMemoryEventStore();
    const { run } = process(store);
    const attempt = onlyOnce('one');
    const answer = written(await run(attempt));
    expect(await run(attempt)).toEqual({ ...answer, replayed: true });
    expect(await process(store).run(attempt)).toEqual({ ...answer, replayed: true });
  });

  test('that lost all its races to its own first try is answered as that was', async () => {
    const store = openMemoryEventStore();
    const attempt = saying('one');
    const answer = written(await process(store).run(attempt));
    expect(await process(store).run({ ...attempt, begins: true })).toEqual({ ...answer, replayed: true });
  });

  test('that the edge refuses is looked up first', async () => {
    const store = openMemoryEventStore();
    const { run, refused } = process(store);
    const attempt = saying('one');
    expect(await refused(attempt, { rejection: 'not now' })).toEqual({ rejection: 'not now' });
    const answer = written(await run(attempt));
    expect(await refused(attempt, { rejection: 'not now' })).toEqual({ ...answer, replayed: true });
  });

  test('twenty at the same instant, over two processes: one is written, all have the same answer', async () => {
    const store = openMemoryEventStore();
    const processes = [process(store), process(store)];
    const attempt = onlyOnce('one');
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) => processes[n % 2]?.run(attempt) ?? Promise.reject(new Error('no process'))),
    );
    expect(await words(store)).toEqual(['one']);
    expect(outcomes.filter((outcome) => !written(outcome).replayed)).toHaveLength(1);
    expect(new Set(outcomes.map((outcome) => JSON.stringify({ ...written(outcome), replayed: 0 }))).size).toBe(1);
  });

  test.each(['accepted', 'refused'])('with other content is a mismatch, be it otherwise %s', async (be) => {
    const store = openMemoryEventStore();
    const { run } = process(store);
    const eventId = newUuid();
    const kind = be === 'accepted' ? saying : onlyOnce;
    await run(kind('one', { eventId }));
    expect(await run(kind('one', { eventId, contentHash: 'other' }))).toEqual({ mismatch: true });
    expect(await words(store)).toEqual(['one']);
  });

  test('on another stream is a mismatch, since the path is content', async () => {
    const store = openMemoryEventStore();
    const { run } = process(store);
    const eventId = newUuid();
    await run(saying('one', { eventId, stream: 'a' }));
    expect(await run(saying('one', { eventId, stream: 'b', contentHash: 'other' }))).toEqual({ mismatch: true });
    expect(await words(store)).toEqual(['one']);
  });

  test('is refused to an actor who may no longer see the stream as it is now', async () => {
    const store = openMemoryEventStore();
    const { run } = process(store);
    const attempt = saying('one');
    await run(attempt);
    await process(store).run(saying('handed over'));
    const mayReplay = (tally: Tally): Refusal | undefined =>
      tally.includes('handed over') ? 'out of scope' : undefined;
    expect(await run({ ...attempt, mayReplay })).toEqual({ rejection: 'out of scope' });
  });
});

describe('the log does not answer', () => {
  test('an append that was written nevertheless is found by its retry', async () => {
    const { store } = losingAnswers(1);
    const { run } = process(store);
    const attempt = onlyOnce('one');
    await expect(run(attempt)).rejects.toThrow(LogUnavailable);
    expect(await run(attempt)).toMatchObject({ state: ['one'], event: { revision: 0 }, replayed: true });
    expect(await words(store)).toEqual(['one']);
  });

  test('what comes after it goes on from what the log holds', async () => {
    const { store } = losingAnswers(1);
    const { run } = process(store);
    await expect(run(saying('one'))).rejects.toThrow(LogUnavailable);
    expect(await run(saying('two'))).toMatchObject({ state: ['one', 'two'] });
  });

  test('a decision that throws tells its caller, and holds nobody up', async () => {
    const { run } = process(openMemoryEventStore());
    const decide = (): Promise<{ event: NewEvent }> => Promise.reject(new Error('a bug'));
    const [failed, next] = [run(saying('one', { decide })), run(saying('two'))];
    await expect(failed).rejects.toThrow('a bug');
    expect(await next).toMatchObject({ state: ['two'] });
  });
});
