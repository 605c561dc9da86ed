import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { mintToken } from '../../libs/access/src/testing/mint.js';
import { type Api, at, startApi } from '../support/api.js';
import { groundOf, type Tickets } from '../support/tickets.js';

const SECRET = 'a secret of this test that is long enough for HS256';

let api: Api;
let tickets: Tickets;
beforeAll(async () => {
  api = await startApi({ access: { allowDevHeaders: true, requireTechnicianId: false, secret: SECRET } });
  tickets = await groundOf(api);
});
afterAll(() => api.close());

interface Message {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: unknown;
}

interface Heard {
  readonly status: number;
  readonly messages: readonly Message[];
  readonly ended: Promise<void>;
  /** Waits for a message. */
  until(wanted: (message: Message) => boolean): Promise<Message>;
  stop(): void;
}

const open = new Set<Heard>();
afterEach(() => {
  for (const heard of open) heard.stop();
  open.clear();
});

const dispatcher = { 'x-actor-id': 'd', 'x-actor-role': 'dispatcher' };

async function listen(headers: Record<string, string> = dispatcher): Promise<Heard> {
  const gone = new AbortController();
  const answer = await fetch(new URL('/ux/stream', api.url), { headers, signal: gone.signal });
  const messages: Message[] = [];
  const waiting = new Set<() => void>();
  const ended = (async () => {
    let text = '';
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) messages.push(messageOf(part));
      for (const look of waiting) look();
    }
  })().catch(() => undefined);
  const heard: Heard = {
    status: answer.status,
    messages,
    ended,
    until: (wanted) =>
      new Promise((resolve) => {
        const look = () => {
          const found = messages.find(wanted);
          if (found) resolve(found);
        };
        waiting.add(look);
        look();
      }),
    stop: () => gone.abort(),
  };
  open.add(heard);
  return heard;
}

function messageOf(text: string): Message {
  const fields = new Map(text.split('\n').map((line) => line.split(/: (.*)/s) as [string, string]));
  return { event: fields.get('event') ?? '', id: fields.get('id'), data: JSON.parse(fields.get('data') ?? 'null') };
}

const isAbout = (id: string) => (message: Message) =>
  message.event === 'ticket' && at(message.data, 'ticket_id') === id;
const created = async (site = tickets) => {
  const reply = await api.run('ticket.create', {
    body: { account_id: site.accountId, site_id: site.siteId, summary: 'Door stuck' },
  });
  if (reply.status !== 201) throw new Error(reply.text);
  return String(at(reply.json, 'id'));
};

test('a change is told when the queue shows it', async () => {
  const heard = await listen();
  await heard.until(({ event }) => event === 'position');
  const id = await created();
  const message = await heard.until(isAbout(id));
  expect(message.data).toEqual({ ticket_id: id, position: message.id, version: 0, type: 'TicketCreated' });
  // With no wait of its own: what is told must be there.
  const reflected = await api.models.positionOf('cockpit_queue');
  expect(BigInt(reflected ?? 0)).toBeGreaterThanOrEqual(BigInt(message.id ?? 0));
});

test('whoever comes back with the last id misses nothing and is told nothing twice, while others write', async () => {
  const first = await listen();
  await first.until(({ event }) => event === 'position');
  const before = await created();
  const { id: last = '' } = await first.until(isAbout(before));
  first.stop();
  const away = await Promise.all(Array.from({ length: 5 }, () => created()));
  const writing = Promise.all(Array.from({ length: 10 }, () => created()));
  const second = await listen({ ...dispatcher, 'last-event-id': last });
  const meanwhile = await writing;
  for (const id of [...away, ...meanwhile]) await second.until(isAbout(id));
  const ids = second.messages.filter(({ event }) => event === 'ticket').map(({ id }) => BigInt(id ?? 0));
  expect(ids).toEqual(Array.from({ length: ids.length }, (_, n) => BigInt(last) + BigInt(n) + 1n));
  expect(ids).toHaveLength(15);
});

test('an id from another log has the page load anew', async () => {
  const heard = await listen({ ...dispatcher, 'last-event-id': '99999999999' });
  expect((await heard.until(({ event }) => event === 'reset')).data).toEqual({ position: expect.any(String) });
  expect((await listen({ ...dispatcher, 'last-event-id': 'x' })).status).toBe(400);
});

test('nobody is told of what is outside of the own scope', async () => {
  const other = await groundOf(api);
  const scoped = await listen({ ...dispatcher, 'x-account-scope': other.accountId });
  await scoped.until(({ event }) => event === 'position');
  const hidden = await created();
  const shown = await created(other);
  await scoped.until(isAbout(shown));
  expect(scoped.messages.some(isAbout(hidden))).toBe(false);
});

test('a stream ends with its token, and nobody has too many', async () => {
  const exp = Math.floor(Date.now() / 1_000) + 2;
  const token = await mintToken({ sub: 'short', role: 'dispatcher', account_ids: '*', site_ids: '*', exp }, SECRET);
  const heard = await listen({ authorization: `Bearer ${token}` });
  const many = await Promise.all(Array.from({ length: 21 }, () => listen({ ...dispatcher, 'x-actor-id': 'busy' })));
  expect(many.map(({ status }) => status).sort()).toEqual([...Array<number>(20).fill(200), 429]);
  await heard.ended;
  expect(Date.now()).toBeGreaterThanOrEqual(exp * 1_000 - 50);
});

test('a service that stops ends its streams at once', async () => {
  const another = await startApi({ projections: false, database: api.database });
  const answer = await fetch(new URL('/ux/stream', another.url), { headers: dispatcher });
  const text = answer.text();
  const begun = performance.now();
  await another.close();
  expect(await text).toContain('event: position');
  expect(performance.now() - begun).toBeLessThan(5_000);
});
