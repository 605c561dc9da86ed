import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { type Check, type Difference, verifyTicket } from '@dispatch/audit';
import { eventIdOf } from '@dispatch/commands';
import { canonicalJson, type RecordedText } from '@dispatch/event-store';
import { type Policy, policyFrom } from '@dispatch/policy';
import { parseUuid, type Uuid } from '@dispatch/ticket';
import { denied, securityStreamOf } from '../../../../libs/denials/src/attempt.js';
import { attempt } from '../../../../libs/denials/src/testing/attempts.js';
import { differencesIn, logOf, relinked, saying, SCHEMES, seeded, shippedPolicy } from './testing/seeded.js';

let events: readonly RecordedText[];
/** A stream of a ticket with so many events that any of them has others before and after it. */
let stream: string;
let own: readonly RecordedText[];

beforeAll(async () => {
  ({ events } = await seeded(60));
  stream = events.find(({ type }) => type === 'TicketClosed')?.stream ?? '';
  own = events.filter((event) => event.stream === stream);
});

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the history has no such event');
  return value;
}

const ofType = (type: string): RecordedText => known(own.find((event) => event.type === type));
const instead = (event: RecordedText, other: RecordedText) => events.map((one) => (one === event ? other : one));

interface Forgery {
  readonly events: readonly RecordedText[];
  readonly head?: string;
  /** Where it is found, and by which check; in the order of the log. */
  readonly found: readonly (readonly [event: RecordedText, check: Check, what: RegExp])[];
}

async function expectFound({ events: forged, head, found }: Forgery) {
  const expected = found.map(([{ revision, position, id, ...event }, check, what]) => ({
    stream: event.stream,
    revision,
    position,
    eventId: id,
    check,
    what: expect.stringMatching(what),
  }));
  expect(await differencesIn(logOf(forged, head))).toEqual(expected);
}

/** The same streams, all tickets at work at once. */
function interleaved(given: readonly RecordedText[]): RecordedText[] {
  const round = ({ stream: name, revision }: RecordedText) => (name.startsWith('ticket-') ? revision + 1 : 0);
  return given
    .toSorted((a, b) => round(a) - round(b))
    .map((event, index) => ({ ...event, position: String(index + 1) }));
}

test('a log as commands leave it has no difference, in whatever little memory', async () => {
  expect(await differencesIn(logOf(events))).toEqual([]);
  for (const bytesKept of [20_000, 100])
    expect(await differencesIn(logOf(interleaved(events)), { bytesKept })).toEqual([]);
  const [ticketId] = own.map((event) => known(parseUuid(event.stream.slice(7))));
  const counts = await verifyTicket(logOf(events), known(ticketId), {
    ...SCHEMES,
    onDifference: (difference) => expect(difference).toBeUndefined(),
  });
  expect(counts?.decided).toBeGreaterThan(own.length);
  expect(await verifyTicket(logOf(events), UNKNOWN, { ...SCHEMES, onDifference: fail })).toBeUndefined();
});

const UNKNOWN = parseUuid('00000000-0000-4000-8000-000000000000') as Uuid;
const fail = () => expect('a difference').toBe('none');

const someone = (event: RecordedText) => event.metadata.replace(/"id":"[^"]+"/, '"id":"nobody"');

test.each<readonly [string, (event: RecordedText) => Partial<RecordedText>]>([
  ['a changed byte of the data', ({ data }) => ({ data: data.replace('"nteCents":', '"nteCents":1') })],
  ['a byte that changes no value', ({ data }) => ({ data: data.replace(':', ': ') })],
  ['a changed byte of the metadata', (event) => ({ metadata: someone(event) })],
  ['a changed time', ({ at }) => ({ at: at.replace(/\dZ$/, (last) => `${(Number(last[0]) + 1) % 10}Z`) })],
  ['a changed id', () => ({ id: UNKNOWN })],
  ['a changed type', () => ({ type: 'TicketCancelled' })],
  ['a changed version of the shape', () => ({ schemaVersion: 2 })],
  ['a changed hash', ({ hash }) => ({ hash: hash.replace(/^./, (first) => (first === '0' ? '1' : '0')) })],
])('%s', async (_, change) => {
  const event = ofType('TicketTriaged');
  const forged = { ...event, ...change(event) };
  expect(forged).not.toEqual(event);
  const after = known(own[event.revision + 1]);
  const links = forged.hash === event.hash ? [] : [[after, 'hash', /not that of revision/] as const];
  await expectFound({
    events: instead(event, forged),
    found: [[forged, 'hash', /^the hash is not that of what the event says$/], ...links],
  });
});

test('an event that was removed, with its place and without', async () => {
  const event = ofType('TicketTriaged');
  const after = known(own[event.revision + 1]);
  const beside = known(events[Number(event.position)]);
  const left = events.filter((one) => one !== event);
  const missing = new RegExp(`^revision ${after.revision} stands where ${event.revision} is due$`);
  const gap = [beside, 'position', new RegExp(`^no event stands at position ${event.position}$`)] as const;
  await expectFound({ events: left, found: [gap, [after, 'revision', missing]] });
  const closed = left.map((one, index) => ({ ...one, position: String(index + 1) }));
  const moved = known(closed.find(({ id }) => id === after.id));
  await expectFound({ events: closed, found: [[moved, 'revision', missing]] });
});

test('two events that were swapped', async () => {
  const [first, second] = [known(own[1]), known(own[2])];
  const swapped = (one: RecordedText, { revision, position }: RecordedText) => ({ ...one, revision, position });
  const forged = events.map((one) =>
    one === first ? swapped(second, first) : one === second ? swapped(first, second) : one,
  );
  await expectFound({
    events: forged,
    found: [
      [swapped(second, first), 'hash', /^the hash before it is not that of revision 0$/],
      [swapped(first, second), 'hash', /^the hash before it is not that of revision 1$/],
      [known(own[3]), 'hash', /^the hash before it is not that of revision 2$/],
    ],
  });
});

test('an event that was inserted', async () => {
  const event = known(own[2]);
  const later = (one: RecordedText) => Number(one.position) >= Number(event.position);
  const forged = { ...event, id: UNKNOWN };
  const pushed = events.map((one) => ({
    ...one,
    position: later(one) ? String(Number(one.position) + 1) : one.position,
    revision: later(one) && one.stream === stream ? one.revision + 1 : one.revision,
  }));
  const displaced = known(pushed.find(({ id }) => id === event.id));
  await expectFound({
    events: [...pushed, forged],
    found: [
      [forged, 'hash', /^the hash is not that of what the event says$/],
      [displaced, 'hash', /^the hash before it is not that of revision 2$/],
    ],
  });
});

test('a tail that is gone while the head of the log stays', async () => {
  const last = known(events.at(-2));
  await expectFound({
    events: events.slice(0, -1),
    head: String(events.length),
    found: [[last, 'position', /^the log ends at \d+, and its head says \d+$/]],
  });
});

/** As one who knows the hash rule forges it: the chain is consistent from end to end. */
const forgery = (event: RecordedText, change: Parameters<typeof saying>[1]) => {
  const forged = relinked(instead(event, saying(event, change)), stream);
  return { events: forged, forged: known(forged.find(({ position }) => position === event.position)) };
};

const renamed = (by: Record<string, unknown>): Partial<RecordedText> => {
  const { actor, endpoint, requestId } = by as { actor: { id: string }; endpoint: string; requestId: Uuid };
  return { id: eventIdOf({ actorId: actor.id, endpoint, key: requestId }) };
};

test.each<readonly [string, string, Check, RegExp, Parameters<typeof saying>[1]]>([
  [
    'other facts than the request gives',
    'TicketTriaged',
    'decision',
    /^priority is "EMERGENCY", decided again "(URGENT|ROUTINE)"$|^priority is "ROUTINE", decided again "EMERGENCY"$/,
    ({ data }) => void (data.priority = data.priority === 'EMERGENCY' ? 'ROUTINE' : 'EMERGENCY'),
  ],
  [
    'a role that may not',
    'WorkVerified',
    'decision',
    /^the policy lets no customer use qa\.verify$/,
    ({ metadata }) => void (metadata.actor = { ...(metadata.actor as object), role: 'customer' }),
  ],
  [
    'another actor',
    'WorkVerified',
    'id',
    /does not follow from actor, endpoint and key/,
    ({ metadata }) => void (metadata.actor = { ...(metadata.actor as object), id: 'qa-9' }),
  ],
  [
    'another request',
    'TicketTriaged',
    'request',
    /content hash/,
    ({ metadata }) => void (metadata.request = { ...(metadata.request as object), notes: 'as agreed' }),
  ],
  [
    'a policy that was never recorded',
    'TicketClosed',
    'policy',
    /^policy sha256:0 was not recorded before it$/,
    ({ metadata }) => void (metadata.policyVersion = 'sha256:0'),
  ],
  [
    'metadata that no command leaves',
    'TicketClosed',
    'request',
    /not what a command leaves/,
    ({ metadata }) => void delete metadata.requestId,
  ],
  [
    'another endpoint',
    'TicketClosed',
    'decision',
    /has ticket\.close at POST .*, not at POST \/close$/,
    ({ metadata }) => {
      metadata.endpoint = 'POST /close';
      return renamed(metadata);
    },
  ],
  [
    'a time that the request does not give',
    'TicketTriaged',
    'time',
    /by request and stream it is/,
    ({ metadata }) => void (metadata.requestedAt = '2020-01-01T00:00:00.000Z'),
  ],
])('a consistent chain with %s', async (_, type, check, what, change) => {
  const { events: forged, forged: event } = forgery(ofType(type), change);
  await expectFound({ events: forged, found: [[event, check, what]] });
});

test('a command out of its state, forged with all that can be recomputed, is not what the policy allows', async () => {
  // The invoice as it stands, one state too early: in place of the verification.
  const verified = ofType('WorkVerified');
  const invoiced = ofType('InvoiceGenerated');
  const { revision, position } = verified;
  const early = { ...invoiced, revision, position, at: verified.at };
  const forged = saying(early, ({ metadata }) => void (metadata.requestedAt = verified.at));
  const cut = events
    .filter((one) => one.stream !== stream || one.revision <= revision)
    .map((one) => (one === verified ? forged : one))
    .map((one, index) => ({ ...one, position: String(index + 1) }));
  const linked = relinked(cut, stream);
  await expectFound({
    events: linked,
    found: [
      [
        known(linked.find(({ id }) => id === forged.id)),
        'decision',
        /is refused: INVALID_STATE_TRANSITION \(COMPLETED_PENDING_VERIFICATION → INVOICED\)$/,
      ],
    ],
  });
});

test('a ticket that another one opened, and an id that stands twice', async () => {
  const copy = own.map((one, index) => ({
    ...one,
    stream: `ticket-${UNKNOWN}`,
    position: String(events.length + 1 + index),
  }));
  const forged = relinked([...events, ...copy], `ticket-${UNKNOWN}`);
  const added = forged.slice(events.length);
  const [first, ...others] = added;
  const again = /^another event has this id$/;
  await expectFound({
    events: forged,
    found: [
      [known(first), 'id', again],
      [known(first), 'id', /named after does not follow from its first event/],
      ...others.map((one) => [one, 'id', again] as const),
    ],
  });
});

test('the directory is checked too: what was said, and what tickets rest on', async () => {
  const site = known(events.find(({ stream: name }) => name.startsWith('site-')));
  const forged = relinked(
    instead(
      site,
      saying(site, ({ data }) => void (data.city = 'Elsewhere')),
    ),
    site.stream,
  );
  await expectFound({
    events: forged,
    found: [[known(forged[Number(site.position) - 1]), 'decision', /^city is "Elsewhere", decided again /]],
  });
  const without = events.filter((one) => one !== site).map((one, index) => ({ ...one, position: String(index + 1) }));
  const found = await differencesIn(logOf(without));
  expect(found.length).toBeGreaterThan(0);
  expect(new Set(found.map(({ what }) => what))).toEqual(
    new Set(['by policy and rules the command is refused: SITE_NOT_FOUND']),
  );
});

/** The shipped policy with the row of one tool changed, or left out. */
async function policyWith(tool: string, change: (row: object) => object | undefined): Promise<Policy> {
  const { set } = await shippedPolicy();
  const { tools } = set.tools as unknown as { tools: { tool: string }[] };
  const rows = tools.flatMap((row) => (row.tool === tool ? (change(row) ?? []) : row));
  return policyFrom({ ...set, tools: { tools: rows } }, { recorded: true });
}

test('each decision is checked by the policy of its day, not by another that was recorded', async () => {
  const strict = await policyWith('qa.verify', (row) => ({ ...row, roles: ['dispatcher'] }));
  const lacking = await policyWith('work.resume', () => undefined);
  const { events: log } = await seeded(60, [strict, lacking]);
  expect(await differencesIn(logOf(log))).toEqual([]);

  const under = ({ version }: Policy, type: string) => {
    const event = known(log.find((one) => one.type === type));
    const forged = saying(event, ({ metadata }) => void (metadata.policyVersion = version));
    return differencesIn(
      logOf(
        relinked(
          log.map((one) => (one === event ? forged : one)),
          event.stream,
        ),
      ),
    );
  };
  const refusal = (what: string) => [expect.objectContaining({ check: 'decision', what })];
  expect(await under(strict, 'WorkVerified')).toEqual(refusal('the policy lets no qa use qa.verify'));
  expect(await under(strict, 'WorkResumed')).toEqual([]);
  expect(await under(lacking, 'WorkVerified')).toEqual([]);
  expect(await under(lacking, 'WorkResumed')).toEqual(refusal('the policy has no command work.resume'));
});

test('a policy set that this release cannot read is told, and what was decided by it is checked by chain alone', async () => {
  const adopted = known(events[0]);
  const forged = relinked(
    instead(
      adopted,
      saying(adopted, ({ data }) => void delete (data.set as { roles?: object }).roles),
    ),
    'policy',
  );
  expect(await differencesIn(logOf(forged))).toEqual([
    expect.objectContaining({
      stream: 'policy',
      check: 'policy',
      what: 'this release cannot decide by the recorded set, nor check what was: policy/roles.json: is missing',
    }),
  ]);
});

test('a policy set that is not what its version says', async () => {
  const adopted = known(events[0]);
  const forged = relinked(
    instead(
      adopted,
      saying(adopted, ({ data }) => {
        const set = data.set as { guards: { emergency_bypass: object } };
        set.guards.emergency_bypass = { manager_confirmation_required: true };
      }),
    ),
    'policy',
  );
  expect(await differencesIn(logOf(forged))).toEqual([
    expect.objectContaining({
      stream: 'policy',
      revision: 0,
      check: 'policy',
      what: expect.stringMatching(/fingerprint/),
    }),
  ]);
});

test('what is not even of the right shape is a difference, and no end of the check', async () => {
  for (const text of ['null', '[]', '7', '{}'])
    for (const one of [
      events[0],
      events.find(({ stream: name }) => name.startsWith('site-')),
      ofType('TicketTriaged'),
      own[0],
    ]) {
      const event = known(one);
      for (const part of ['data', 'metadata']) {
        const forged = relinked(instead(event, { ...event, [part]: text }), event.stream);
        const found = await differencesIn(logOf(forged));
        const isAdoption = event.stream === 'policy' && part === 'metadata';
        expect(found.some(({ position }) => position === event.position)).toBe(!isAdoption);
      }
    }
});

test('several that check side by side find what one finds, each thing once', async () => {
  const forged = interleaved(events)
    .map((event) => (event.type === 'TicketTriaged' ? { ...event, data: event.data.replace(':', ': ') } : event))
    .filter(({ position }) => position !== '100');
  const whole = await differencesIn(logOf(forged));
  expect(whole.length).toBeGreaterThan(10);
  const shares = await Promise.all(
    [0, 1, 2].map((index) => differencesIn(logOf(forged), { share: { index, of: 3 }, bytesKept: 30_000 })),
  );
  for (const share of shares) expect(share.length).toBeGreaterThan(0);
  const inOrder = (a: Difference, b: Difference) => Number(a.position) - Number(b.position);
  expect(shares.flat().toSorted(inOrder)).toEqual(whole);
});

/** The log with an event of a security stream behind it, linked as it must be. */
function withDenials(change: Parameters<typeof saying>[1] = () => undefined): readonly RecordedText[] {
  const mallory = { id: 'mallory', role: 'qa', type: 'HUMAN' };
  const { id, type, schemaVersion, data, metadata, at } = denied(randomUUID(), [attempt({ actor: mallory })]);
  const name = securityStreamOf(at);
  const texts = { data: canonicalJson(data), metadata: canonicalJson(metadata), prevHash: '', hash: '' };
  const place = { stream: name, revision: 0, position: String(events.length + 1) };
  return relinked([...events, saying({ id, type, schemaVersion, at, ...texts, ...place }, change)], name);
}

test('a security stream holds refused attempts and nothing else', async () => {
  expect(await differencesIn(logOf(withDenials()))).toEqual([]);
  const forgeries: Parameters<typeof saying>[1][] = [
    () => ({ type: 'TicketCreated' }),
    () => ({ at: '2026-11-26T10:00:00.000Z' }),
    ({ data }) => void Object.assign(data, { body: 'x' }),
    ({ data }) => void Object.assign((data.attempts as object[])[0] ?? {}, { query: 'x' }),
    ({ data }) => void Object.assign(data, { attempts: null }),
  ];
  for (const forgery of forgeries)
    expect(await differencesIn(logOf(withDenials(forgery)))).toEqual([
      expect.objectContaining({ stream: 'security-2026-11-25', revision: 0, check: 'denial' }),
    ]);
  const changed = withDenials().map((event) =>
    event.stream.startsWith('security-') ? { ...event, data: event.data.replace('mallory', 'ann') } : event,
  );
  expect(await differencesIn(logOf(changed))).toEqual([expect.objectContaining({ check: 'hash' })]);
});
