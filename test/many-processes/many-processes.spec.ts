import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { verify } from '@dispatch/projection';
import { READ_MODELS } from '@dispatch/projections';
import { wholeLog } from '../../libs/commands/src/testing/stores.js';
import { faultsIn, idOfCommand } from '../faults/audit.js';
import { type Load, load, type Received, type Sent, send, type Try } from '../faults/load.js';
import type { RunningProcess } from '../support/process.js';
import { type Fleet, LOGS, startFleet } from './fleet.js';

const LONG = process.env['DISPATCH_TEST_LONG'] === '1';
/** How long the log is away, and how long a call to it may take; what is set for the short run, or nothing. */
const { OUTAGE_MS, CALL_MS, settings } = LONG
  ? { OUTAGE_MS: 10_000, CALL_MS: 5_000, settings: {} }
  : { OUTAGE_MS: 3_000, CALL_MS: 1_500, settings: { DISPATCH_LOG_TIMEOUT_MS: '1500' } };
/** A command reads and appends, and the clients of EventStoreDB give a call a second more. */
const ANSWER_MS = 3 * CALL_MS + 2_000;
const TAKEOVER_MS = 10_000;
const CLIENTS = 4;
/** Of a client between two commands: clients that never rest would have the machine for themselves. */
const REST_MS = 10;
const TOGETHER = 12;
const NAMES = READ_MODELS.map(({ name }) => name);

if (LONG) jest.setTimeout(180_000);

describe.each(LOGS)('two APIs and two projectors, the log in %s:', (kind) => {
  const account_id = randomUUID();
  const ticket = { account_id, site_id: randomUUID(), summary: 'Front door will not latch' };
  /** Everything that was ever answered with success. */
  const acknowledged: Sent[] = [];
  /** Of what a test runs on the side: also one that fails leaves nothing running. */
  const running: Load[] = [];
  let fleet: Fleet;

  beforeAll(async () => {
    fleet = await startFleet(kind, settings);
    process.stderr.write(`Many processes on ${fleet.origin}\n`);
    await accepted(put(`/accounts/${account_id}`, { name: 'Harbour' }));
    const site = { account_id, name: 'Harbour Books', address1: '1 Quay', city: 'Los Angeles' };
    await accepted(put(`/sites/${ticket.site_id}`, site));
    expect(await fleet.models.waitFor(NAMES, await fleet.store.head(), 60_000)).toBe(true);
  });
  afterAll(async () => {
    await Promise.all(running.map((one) => one.stop()));
    await fleet.stop();
  });

  const urls = () => fleet.apis.map(({ url }) => url);
  const command = (method: Sent['method'], endpoint: string, path: string, body: object): Sent => ({
    method,
    path,
    endpoint: `${method} ${endpoint}`,
    key: randomUUID(),
    body,
  });
  const put = (path: string, body: object) => command('PUT', path.replace(/[^/]+$/, '{id}'), path, body);
  const create = () => command('POST', '/tickets', '/tickets', ticket);
  const onTicket = (id: string, action: string, body: object) =>
    command('POST', `/tickets/{id}/${action}`, `/tickets/${id}/${action}`, body);
  const askInfo = (id: string) => onTicket(id, 'request-info', { missing_fields: ['photo of the latch'] });

  /** The answer of a success. */
  async function accepted(sent: Sent, { url }: RunningProcess = fleet.apis[0]): Promise<Received> {
    const answer = await send(url, sent);
    if (answer.status >= 300) throw new Error(`${sent.path}: ${answer.status} ${answer.text}`);
    acknowledged.push({ ...sent, answer });
    return answer;
  }
  const idOf = ({ text }: Received): string => JSON.parse(text).id;
  /** The status and the code of a refusal. */
  const told = ({ status, text }: Received): string => [status, JSON.parse(text).error?.code].filter(Boolean).join(' ');

  /** Clients that send each command until it is answered, at both APIs; `hear` is told of each try. */
  function clients(hear?: (tried: Try) => void): Load {
    const one = load(urls(), CLIENTS, ticket, true, { onTry: hear, restMs: REST_MS });
    running.push(one);
    return one;
  }
  async function ended(one: Load): Promise<void> {
    await one.stop();
    acknowledged.push(...one.sent.filter(({ answer }) => answer !== undefined && answer.status < 300));
  }

  /** The log is whole, and everything that was acknowledged is in it, once. */
  async function expectSound(): Promise<void> {
    const events = await wholeLog(fleet.store);
    expect(faultsIn(events, fleet.gapless)).toEqual([]);
    const times = new Map<string, number>();
    for (const { id } of events) times.set(id, (times.get(id) ?? 0) + 1);
    expect(acknowledged.filter((sent) => times.get(idOfCommand(sent)) !== 1)).toEqual([]);
  }

  async function expectNoDifference(): Promise<void> {
    expect(await fleet.models.waitFor(NAMES, await fleet.store.head(), TAKEOVER_MS)).toBe(true);
    for (const model of READ_MODELS) {
      const { differences } = await verify(model, { url: fleet.databaseUrl, store: fleet.store });
      expect(differences).toEqual([]);
    }
    expect((await fleet.models.status()).map(({ state, parkedCount }) => ({ state, parkedCount }))).toEqual(
      NAMES.map(() => ({ state: 'live', parkedCount: 0 })),
    );
  }

  /** What the cockpit says at each API. */
  const cockpits = () =>
    Promise.all(
      urls().map(async (url) => {
        const response = await fetch(new URL('/ux/dispatcher/cockpit?limit=1', url), {
          headers: { 'x-actor-id': 'reader', 'x-actor-role': 'dispatcher' },
          signal: AbortSignal.timeout(20_000),
        });
        const received = { status: response.status, text: await response.text() };
        return { ...received, replayed: false, retryAfter: response.headers.get('retry-after') };
      }),
    );

  const AWAY = { status: 503, retryAfter: '1', told: '503 SERVICE_UNAVAILABLE' };
  const seen = ({ status, retryAfter, text }: Received) => ({
    status,
    retryAfter,
    told: told({ status, text, retryAfter, replayed: false }),
  });

  /** Every process says by itself that it can serve again. */
  async function expectReady(): Promise<void> {
    for (const { url } of [...fleet.apis, ...fleet.projectors])
      while ((await fetch(new URL('/ready', url))).status !== 200) await delay(50);
  }

  test('one command sent to both at once is one event, and both say the same', async () => {
    for (let n = 0; n < TOGETHER; n += 1) {
      const opening = create();
      const opened = await Promise.all(fleet.apis.map((api) => accepted(opening, api)));
      const asking = askInfo(idOf(opened[0] as Received));
      const asked = await Promise.all(fleet.apis.map((api) => accepted(asking, api)));
      for (const [one, other] of [opened, asked]) {
        expect(other?.text).toBe(one?.text);
        expect([one?.replayed, other?.replayed].toSorted()).toEqual([false, true]);
      }
      expect(JSON.parse(asked[0]?.text ?? '').version).toBe(1);
    }
    await expectSound();
  });

  test('of two rivals on one ticket one wins, and the other is told why not', async () => {
    for (let n = 0; n < TOGETHER; n += 1) {
      const id = idOf(await accepted(create(), fleet.apis[n % 2 === 0 ? 0 : 1]));
      const byState = await Promise.all(urls().map((url) => send(url, askInfo(id))));
      expect(byState.map(told).toSorted()).toEqual(['200', '409 INVALID_STATE_TRANSITION']);
      const evidence = { kind: 'PHOTO', uri: 's3://evidence/1', expected_version: 1 };
      const byVersion = await Promise.all(urls().map((url) => send(url, onTicket(id, 'evidence', evidence))));
      expect(byVersion.map(told).toSorted()).toEqual(['201', '409 VERSION_CONFLICT']);
    }
    await expectSound();
  });

  test('an API killed under load: what it did not answer is answered by the other, once', async () => {
    const [doomed, other] = fleet.apis;
    const beside = load(other.url, CLIENTS, ticket, true, { restMs: REST_MS });
    const cutOff = load(doomed.url, CLIENTS, ticket, false);
    running.push(beside, cutOff);
    await cutOff.reached(60);
    await doomed.kill();
    const replacement = fleet.start('dispatch-api');
    await ended(cutOff);
    const unanswered = cutOff.sent.filter(({ answer }) => answer === undefined);
    expect(unanswered.length).toBeGreaterThan(0);
    for (const sent of unanswered) {
      const happened = (await fleet.store.find(idOfCommand(sent))) !== undefined;
      expect((await accepted(sent, other)).replayed).toBe(happened);
    }
    await ended(beside);
    for (const sent of cutOff.sent.filter(({ answer }) => answer !== undefined).slice(-20))
      expect(await send(other.url, sent)).toEqual({ ...sent.answer, replayed: true });
    fleet.apis[0] = await replacement;
    await expectSound();
  });

  test('a projector killed under load: the other takes over, and the rows are right', async () => {
    const busy = clients();
    await busy.reached(50);
    await fleet.projectors[0].kill();
    const replacement = fleet.start('projector');
    // More than can have been under way: one of them at least was written after the kill.
    await busy.reached(busy.acknowledged() + CLIENTS + 1);
    expect(await fleet.models.waitFor(NAMES, await fleet.store.head(), TAKEOVER_MS)).toBe(true);
    await ended(busy);
    fleet.projectors[0] = await replacement;
    await expectNoDifference();
    await expectSound();
  });

  test('Postgres restarted under load: who needs it is told so and served again, without a restart', async () => {
    const tries: Try[] = [];
    const busy = clients((tried) => void tries.push(tried));
    await busy.reached(50);
    await fleet.stopPostgres();
    const before = tries.length;
    for (const answer of await cockpits()) expect(seen(answer)).toEqual(AWAY);
    // Commands need the log only.
    const saidAway = () => urls().every((url) => tries.slice(before).some((one) => isAway(one) && one.url === url));
    if (kind === 'Postgres') while (!saidAway()) await delay(5);
    else await busy.reached(busy.acknowledged() + 50);
    await fleet.startPostgres();
    await busy.reached(busy.acknowledged() + 50);
    await ended(busy);
    expectAnswered(tries);
    if (kind !== 'Postgres') expect(tries.filter(isAway)).toEqual([]);
    await expectReady();
    for (const { status } of await cockpits()) expect(status).toBe(200);
    await expectNoDifference();
    await expectSound();
  });

  test(`the log out of reach for ${OUTAGE_MS / 1_000} s: told in time, served again, nothing lost or doubled`, async () => {
    await outage(() => fleet.way.speak());
  });

  if (LONG)
    test('connections that the network has forgotten are noticed, and made anew', async () => {
      await outage(() => fleet.way.forget());
    });

  /** Under load nothing comes through any more, until the way is open again as `end` does it. */
  async function outage(end: () => void): Promise<void> {
    const tries: Try[] = [];
    const busy = clients((tried) => void tries.push(tried));
    await busy.reached(50);
    fleet.way.silence();
    const reading = cockpits();
    await delay(OUTAGE_MS);
    end();
    // A list needs Postgres, and says so in time.
    for (const answer of await reading)
      if (kind !== 'Postgres') expect(answer.status).toBe(200);
      else if (LONG || answer.status !== 200) expect(seen(answer)).toEqual(AWAY);
    await busy.reached(busy.acknowledged() + 50);
    await ended(busy);
    expectAnswered(tries);
    for (const url of urls()) expect(tries.filter((one) => isAway(one) && one.url === url)).not.toEqual([]);
    await expectReady();
    for (const { status } of await cockpits()) expect(status).toBe(200);
    await expectNoDifference();
    await expectSound();
  }

  const isAway = ({ received }: Try): boolean => received?.status === 503;

  /** No try without an answer, none that came late, and no failure but the one that says when to come again. */
  function expectAnswered(tries: readonly Try[]): void {
    for (const { received, took } of tries) {
      expect(received).toBeDefined();
      expect(took).toBeLessThan(ANSWER_MS);
      if (received && received.status >= 300) expect(seen(received)).toEqual(AWAY);
    }
  }

  test('after all of that, either API answers everything as it was answered', async () => {
    const some = acknowledged.filter((_, n) => n % 20 === 0);
    for (const [n, sent] of some.entries()) {
      const again = await send(urls()[n % 2] ?? '', sent);
      expect(again).toEqual({ ...sent.answer, replayed: true });
    }
    expect(acknowledged.length).toBeGreaterThan(200);
  });
});
