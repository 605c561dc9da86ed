import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { mintToken } from '../../libs/access/src/testing/mint.js';
import { type Api, at, startApi } from '../support/api.js';
import { dispatcher, type Heard, isAbout, listenTo } from '../support/stream.js';
import { groundOf, type Tickets } from '../support/tickets.js';

const SECRET = 'a secret of this test that is long enough for HS256';

const lines: string[] = [];
let api: Api;
let tickets: Tickets;
beforeAll(async () => {
  const write = (line: string) => void lines.push(line);
  api = await startApi({
    lines: { write },
    access: { allowDevHeaders: true, requireTechnicianId: false, secret: SECRET },
  });
  tickets = await groundOf(api);
});
afterAll(() => api.close());

const open = new Set<Heard>();
afterEach(() => {
  for (const heard of open) heard.stop();
  open.clear();
});
async function listen(headers = dispatcher as Record<string, string>, url = api.url): Promise<Heard> {
  const heard = await listenTo(url, headers);
  open.add(heard);
  return heard;
}

const created = async (site = tickets) => {
  const reply = await api.run('ticket.create', {
    body: { account_id: site.accountId, site_id: site.siteId, summary: 'Door stuck' },
  });
  if (reply.status !== 201) throw new Error(reply.text);
  return String(at(reply.json, 'id'));
};

test('a change is told when the queue shows it, within a second', async () => {
  const heard = await listen();
  await heard.until(({ event }) => event === 'position');
  const id = await created();
  const begun = performance.now();
  const message = await heard.until(isAbout(id));
  expect(performance.now() - begun).toBeLessThan(1_000);
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
  const told = second.messages.filter(({ event }) => event === 'ticket');
  expect(told.map(({ data }) => at(data, 'ticket_id')).toSorted()).toEqual([...away, ...meanwhile].toSorted());
  // Ascending from what was told last: positions have gaps where the log is EventStoreDB.
  const ids = [last, ...told.map(({ id }) => id ?? '0')].map(BigInt);
  expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => (a < b ? -1 : 1)));
});

test('a service that was started again goes on where the one before ended, and hears of what others write', async () => {
  const before = await startApi({ projections: false, database: api.database });
  const first = await listen(dispatcher, before.url);
  const known = await created();
  const { id: last = '' } = await first.until(isAbout(known));
  await before.close();
  await first.ended;
  const away = await created();
  const after = await startApi({ projections: false, database: api.database });
  const second = await listen({ ...dispatcher, 'last-event-id': last }, after.url);
  const meanwhile = await created();
  await Promise.all([away, meanwhile].map((id) => second.until(isAbout(id))));
  expect(second.messages.some(isAbout(known))).toBe(false);
  second.stop();
  await after.close();
});

test('whoever goes away is forgotten, also before the answer began, and a log line tells how long it was', async () => {
  const { hostname, port, host } = new URL(api.url);
  const asked = `GET /ux/stream HTTP/1.1\r\nhost: ${host}\r\nx-actor-id: d\r\nx-actor-role: dispatcher\r\n\r\n`;
  const gone = Array.from({ length: 10 }, async () => {
    const socket = connect(Number(port), hostname);
    socket.write(asked, () => socket.destroy());
    await once(socket, 'close');
  });
  await Promise.all(gone);
  const heard = await listen();
  heard.stop();
  const count = async () =>
    /^dispatch_open_streams(?:\{[^}]*\})? (\d+)/m.exec(
      (await api.call({ method: 'GET', path: '/metrics', headers: { accept: 'text/plain' } })).text,
    )?.[1];
  while ((await count()) !== '0') continue;
  const told = lines.filter((line) => line.includes('"endpoint":"GET /ux/stream"'));
  expect(told.map((line) => at(JSON.parse(line), 'duration_ms'))).toContainEqual(expect.any(Number));
  // Of whoever listened in the tests before, too.
  expect(told.length).toBeGreaterThan(3);
  expect(lines.filter((line) => line.includes('unexpected error'))).toEqual([]);
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

test('HEAD opens no stream', async () => {
  for (let n = 0; n < 21; n += 1)
    expect((await api.call({ method: 'HEAD', path: '/ux/stream', as: 'qa' })).status).toBe(200);
});
