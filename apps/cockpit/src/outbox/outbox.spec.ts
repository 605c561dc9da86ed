import { expect, test } from '@jest/globals';
import { Refused, Unreachable } from '../api/call.js';
import type { NewEntry } from './entry.js';
import { createOutbox, type Outbox, type OutboxParts } from './outbox.js';
import { memoryStorage } from './testing/memory.js';

const A = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
const B = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';
const command = (ticketId: string, tool: string, more: Partial<NewEntry> = {}): NewEntry => ({
  ticketId,
  tool,
  endpoint: `/tickets/${ticketId}/${tool}`,
  body: {},
  ...more,
});
const refusal = (status: number, code: string) => new Refused(status, code, 'No.', {}, undefined);

interface Sent {
  readonly path: string;
  readonly key: string | undefined;
  readonly body: unknown;
}

/** An outbox beside a service that answers as `answers` say, by path; what is not named there is done. */
function world(answers: Record<string, () => unknown> = {}, parts: Partial<OutboxParts> = {}) {
  const sent: Sent[] = [];
  const timers: { ms: number; work: () => void }[] = [];
  let keys = 0;
  const outbox = createOutbox({
    storage: memoryStorage(),
    actor: 'mo',
    request: async <T>(path: string, request: { body?: unknown; idempotencyKey?: string } = {}) => {
      sent.push({ path, key: request.idempotencyKey, body: request.body });
      const body = answers[path]?.() as T;
      return { body, position: undefined, stale: false };
    },
    put: async () => 204,
    alone: (work) => work(),
    channel: { tell: () => {}, listen: () => () => {} },
    newKey: () => `key-${(keys += 1)}`,
    clock: () => 1_000,
    after: (ms, work) => {
      const timer = { ms, work };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
    },
    delivered: () => {},
    ...parts,
  });
  return { outbox, sent, timers };
}

/** Until nothing more is being sent. */
async function settled(outbox: Outbox): Promise<void> {
  for (let still = 0; still < 20; still += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    if (outbox.standing().sending !== undefined) still = 0;
  }
}

const tools = (outbox: Outbox) => outbox.standing().entries.map(({ tool }) => tool);

test('commands wait while the service is away, and go out in order with the keys they had', async () => {
  let away = true;
  const down = () => {
    if (away) throw new Unreachable('away');
  };
  const { outbox, sent, timers } = world({ [`/tickets/${A}/check-in`]: down });
  await outbox.add(command(A, 'check-in'));
  await outbox.add(command(A, 'hold'));
  await settled(outbox);
  expect([outbox.standing().link, tools(outbox)]).toEqual(['away', ['check-in', 'hold']]);

  away = false;
  timers.at(-1)?.work();
  await settled(outbox);
  expect([outbox.standing().link, tools(outbox)]).toEqual(['there', []]);
  const keys = sent.map(({ path, key }) => [path.split('/').at(-1), key]);
  expect(keys.at(-2)).toEqual(['check-in', 'key-1']);
  expect(keys.at(-1)).toEqual(['hold', 'key-2']);
  expect(keys.filter(([tool]) => tool === 'hold')).toHaveLength(1);
});

test('a refusal stops its own ticket until the person decides, and no other', async () => {
  let refuses = true;
  const check = () => {
    if (refuses) throw refusal(409, 'INVALID_STATE_TRANSITION');
  };
  const { outbox, sent } = world({ [`/tickets/${A}/check-in`]: check });
  await outbox.add(command(A, 'check-in'));
  await outbox.add(command(A, 'hold'));
  await outbox.add(command(B, 'hold'));
  await settled(outbox);
  const [refused, behind] = outbox.standing().entries;
  expect([refused?.refusal?.code, behind?.refusal, tools(outbox)]).toEqual([
    'INVALID_STATE_TRANSITION',
    undefined,
    ['check-in', 'hold'],
  ]);

  refuses = false;
  await outbox.edit(refused?.seq ?? 0, { timestamp: 'later' });
  await settled(outbox);
  expect(tools(outbox)).toEqual([]);
  expect(sent.filter(({ path }) => path.endsWith(`${A}/check-in`))).toEqual([
    { path: `/tickets/${A}/check-in`, key: 'key-1', body: {} },
    { path: `/tickets/${A}/check-in`, key: 'key-4', body: { timestamp: 'later' } },
  ]);
});

test('discarding a refused entry lets the next one go; what may have arrived cannot be taken back', async () => {
  const { outbox, sent } = world({
    [`/tickets/${A}/check-in`]: () => {
      throw refusal(409, 'INVALID_STATE_TRANSITION');
    },
    [`/tickets/${B}/hold`]: () => {
      throw new Unreachable('cut off');
    },
  });
  await outbox.add(command(A, 'check-in'));
  await outbox.add(command(A, 'hold'));
  await settled(outbox);
  await outbox.discard(outbox.standing().entries[0]?.seq ?? 0);
  await outbox.add(command(B, 'hold'));
  await settled(outbox);
  expect(sent.map(({ path }) => path)).toContain(`/tickets/${A}/hold`);
  await outbox.discard(outbox.standing().entries[0]?.seq ?? 0);
  expect(tools(outbox)).toEqual(['hold']);
});

test('what has arrived is still told of, since the page may show what was before it', async () => {
  const { outbox } = world();
  await outbox.add(command(A, 'hold'));
  await settled(outbox);
  const { entries, arrived } = outbox.standing();
  expect([entries, arrived.map(({ tool, arrivedAt }) => [tool, arrivedAt])]).toEqual([[], [['hold', 1_000]]]);
});

test('an expired sign-in keeps everything', async () => {
  const { outbox } = world({
    [`/tickets/${A}/hold`]: () => {
      throw refusal(401, 'INVALID_AUTH_CLAIMS');
    },
  });
  await outbox.add(command(A, 'hold'));
  await settled(outbox);
  const { link, entries } = outbox.standing();
  expect([link, entries[0]?.refusal, entries[0]?.key]).toEqual(['signed-out', undefined, 'key-1']);
});

test('bytes go to the store first, once, and the command names where they stand', async () => {
  let cut = true;
  const puts: string[] = [];
  const endpoint = `/tickets/${A}/evidence`;
  const { outbox, sent, timers } = world(
    {
      [`${endpoint}/uploads`]: () => ({
        upload: { url: '/objects/1', headers: { 'content-type': 'image/jpeg' } },
        uri: 's3://b/1',
      }),
      [endpoint]: () => {
        if (cut) throw new Unreachable('cut off');
      },
    },
    { put: async (url) => puts.push(url) && 204 },
  );
  const upload = { contentType: 'image/jpeg', sizeBytes: 3, checksum: 'sha256:00' };
  await outbox.add({ ...command(A, 'evidence', { body: { kind: 'PHOTO' } }), bytes: new Blob(['abc']), upload });
  await settled(outbox);
  cut = false;
  timers.at(-1)?.work();
  await settled(outbox);
  expect(puts).toEqual(['/objects/1']);
  expect(sent.map(({ path, key }) => [path, key])).toEqual([
    [`${endpoint}/uploads`, undefined],
    [endpoint, 'key-1'],
    [endpoint, 'key-1'],
  ]);
  expect(sent.at(-1)?.body).toEqual({ kind: 'PHOTO', uri: 's3://b/1', checksum: 'sha256:00' });
  expect(tools(outbox)).toEqual([]);
});

test('taps on a checklist become one command, unless something else was done between', async () => {
  const { outbox, sent } = world();
  const tap = (item: string) =>
    outbox.add(command(A, 'checklist', { body: { items: { [item]: true } }, holdMs: 2_000 }));
  await tap('one');
  await tap('two');
  await settled(outbox);
  expect(sent).toEqual([]);
  await outbox.add(command(A, 'complete'));
  await settled(outbox);
  expect(sent.map(({ body }) => body)).toEqual([{ items: { one: true, two: true } }, {}]);
});

test('a command that the service fails on holds up its own ticket only', async () => {
  const { outbox } = world({
    [`/tickets/${A}/hold`]: () => {
      throw refusal(500, 'INTERNAL_ERROR');
    },
  });
  await outbox.add(command(A, 'hold'));
  await outbox.add(command(B, 'hold'));
  await settled(outbox);
  expect(outbox.standing().entries.map(({ ticketId }) => ticketId)).toEqual([A]);
});
