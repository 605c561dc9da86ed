import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Json, JsonObject, NewEvent, Recorded } from '@dispatch/event-store';
import fc from 'fast-check';
import { KeyFault, type KeyStore } from './keys.js';
import { masterKeyOf } from './master-key.js';
import { memoryKeys } from './memory-keys.js';
import { openedEvents } from './opened-events.js';
import { SealBroken, subjectsIn } from './sealing.js';
import { testMaster, testVault } from './testing/vault.js';
import { isSealed, openVault, type Vault, vaultOf } from './vault.js';

const event = (tool: string, request: Json, data: JsonObject = {}): NewEvent => ({
  id: randomUUID(),
  type: 'SomethingSaid',
  schemaVersion: 1,
  data,
  metadata: { tool, request },
  at: '2026-01-01T00:00:00.000Z',
});
/** As the log gives it back. */
const inLog = (said: NewEvent): Recorded => ({
  ...said,
  stream: 's',
  revision: 0,
  position: '1',
  prevHash: '',
  hash: '',
});
const no = async () => false;
const requestOf = ({ metadata }: NewEvent): Json => metadata.request ?? null;
const sealedCreate = (vault: Vault, contact: JsonObject, stream = 's') =>
  vault.seal(stream, event('ticket.create', { summary: 'door', requester_contact: contact }), no);
const contact = (value: Json | undefined): Json => Object(value).requester_contact;
const subjectsOf = (said: NewEvent) => subjectsIn(JSON.stringify(said.metadata));

/** Keys that count how often they are asked. */
function counted(keys: KeyStore = memoryKeys()) {
  const asked: string[] = [];
  const counting = new Proxy(keys, {
    get(target, verb: keyof KeyStore) {
      return (...args: never[]) => {
        asked.push(verb);
        return Reflect.apply(target[verb], target, args);
      };
    },
  });
  return { keys: counting, asked };
}

describe('what is sealed', () => {
  const text = fc.string({ minLength: 1 });
  const contacts = fc.array(
    fc.record({ name: text, phone: fc.option(text), email: fc.option(text), escalation_level: fc.nat() }),
    { maxLength: 4 },
  );

  test('opens as it was, the requests of tickets and sites alike, and the facts hold the same texts', async () => {
    const vault = testVault();
    await fc.assert(
      fc.asyncProperty(contacts, fc.dictionary(text, fc.jsonValue()), async (people, requester) => {
        const plain: JsonObject = JSON.parse(JSON.stringify({ name: 'Mall', contacts: people }));
        const site = await vault.seal('site-1', event('site.put', plain, plain), no);
        expect(site.data).toEqual(requestOf(site));
        const opened = await vault.open([{ tool: 'site.put', eventId: site.id, value: site.data }]);
        expect(opened).toEqual([plain]);
        const asked: JsonObject = JSON.parse(JSON.stringify({ requester_contact: requester }));
        const create = await vault.seal('ticket-1', event('ticket.create', asked), no);
        expect(await vault.openRequests([inLog(create)])).toEqual([asked]);
        expect(await vault.holdsSame(inLog(create), asked)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('says that it is, in the shape of facts that old releases do not know', async () => {
    const vault = testVault();
    const contacts = [{ name: 'Ann' }];
    const site = await vault.seal('site-1', event('site.put', { contacts }, { contacts }), no);
    expect([isSealed(site), site.schemaVersion]).toEqual([true, 2]);
    const create = await sealedCreate(vault, { name: 'Ann' });
    expect([isSealed(create), create.schemaVersion, create.data]).toEqual([true, 1, {}]);
    expect(() => isSealed({ metadata: { sealed: 2 } })).toThrow(KeyFault);
  });

  test('does not open where it was not sealed', async () => {
    const vault = testVault();
    const contacts = [{ name: 'Ann' }, { name: 'Bo' }];
    const site = await vault.seal('site-1', event('site.put', { contacts }, { contacts }), no);
    const [ann, bo] = site.data.contacts as readonly Json[];
    const value = { contacts: [bo ?? null, ann ?? null] };
    await expect(vault.open([{ tool: 'site.put', eventId: site.id, value }])).rejects.toThrow(SealBroken);
    await expect(vault.open([{ tool: 'site.put', eventId: randomUUID(), value: site.data }])).rejects.toThrow(
      SealBroken,
    );
    await expect(vault.open([{ tool: 'site.put', eventId: site.id, value: { contacts } }])).rejects.toThrow(SealBroken);
  });

  test('is told from other content', async () => {
    const vault = testVault();
    const create = inLog(await sealedCreate(vault, { name: 'Ann', tags: ['a', { b: 1 }] }));
    const asked = (requester_contact: Json) => vault.holdsSame(create, { summary: 'door', requester_contact });
    expect(await asked({ tags: ['a', { b: 1 }], name: 'Ann' })).toBe(true);
    const others: Json[] = [
      { name: 'Ann' },
      { name: 'Ann ', tags: ['a', { b: 1 }] },
      { name: 'Ann', tags: ['a', { b: 2 }] },
      null,
    ];
    for (const other of others) expect(await asked(other)).toBe(false);
  });
});

describe('nothing personal', () => {
  test.each([
    ['ticket.triage', { notes: 'Ann' }],
    ['ticket.create', { summary: 'door' }],
    ['site.put', { contacts: [] }],
  ])('in %s: the event stays what it is, and nobody is asked for a key', async (tool, request) => {
    const { keys, asked } = counted();
    const vault = testVault(keys);
    const said = event(tool, request);
    expect(await vault.seal('s', said, no)).toBe(said);
    expect(await vault.openRequests([inLog(said)])).toEqual([request]);
    expect(asked).toEqual([]);
  });
});

describe('a person', () => {
  test('is one subject, also where two processes meet them at once', async () => {
    const keys = memoryKeys();
    const vaults = [testVault(keys), testVault(keys)];
    const said = await Promise.all(
      ['A@x.example', 'a@x.example '].flatMap((email) => vaults.map((vault) => sealedCreate(vault, { email }))),
    );
    expect(new Set(said.flatMap(subjectsOf)).size).toBe(1);
    expect(await keys.count()).toBe(1);
  });

  test('who is known by a name only is one in each stream', async () => {
    const vault = testVault();
    const said = [await sealedCreate(vault, { name: 'Ann' }), await sealedCreate(vault, { name: 'Ann' }, 'other')];
    expect(new Set(said.flatMap(subjectsOf)).size).toBe(2);
  });

  test('is asked for once in a while, not for each command', async () => {
    const { keys, asked } = counted();
    const vault = testVault(keys);
    for (let times = 0; times < 5; times += 1) await sealedCreate(vault, { email: 'a@x.example' });
    expect(asked).toEqual(['begin', 'find', 'make', 'find']);
  });

  test('of many is asked for together with them', async () => {
    const { keys, asked } = counted();
    const contacts = Array.from({ length: 50 }, (_, n) => ({ name: `n${n}`, email: `${n % 40}@x` }));
    const site = await testVault(keys).seal('site-1', event('site.put', { contacts }, { contacts }), no);
    expect(asked).toEqual(['begin', 'find', 'make']);
    asked.length = 0;
    expect(await testVault(keys).open([{ tool: 'site.put', eventId: site.id, value: site.data }])).toEqual([
      { contacts },
    ]);
    expect(asked).toEqual(['get']);
    expect(await keys.count()).toBe(40);
  });

  test('gets no key by a repeated command', async () => {
    const keys = memoryKeys();
    const said = event('ticket.create', { requester_contact: { email: 'a@x.example' } });
    expect(await testVault(keys).seal('s', said, async () => true)).toBe(said);
    expect(await keys.count()).toBe(0);
  });

  test('is shown as erased in every process after a moment, and nobody else is', async () => {
    const keys = memoryKeys();
    const vaults = [testVault(keys, 20), testVault(keys, 20)];
    const [here = testVault(keys)] = vaults;
    const [ann, bo] = [await sealedCreate(here, { email: 'a@x' }), await sealedCreate(here, { email: 'b@x' })];
    const both = [inLog(ann), inLog(bo)];
    const shown = () => Promise.all(vaults.map(async (vault) => (await vault.openRequests(both)).map(contact)));
    expect(await shown()).toEqual([
      [{ email: 'a@x' }, { email: 'b@x' }],
      [{ email: 'a@x' }, { email: 'b@x' }],
    ]);
    await keys.erase(subjectsOf(ann)[0] ?? '', 'test');
    const after = Date.now() + 5_000;
    while (JSON.stringify(await shown()).includes('a@x') && Date.now() < after)
      await new Promise((resolve) => setImmediate(resolve));
    expect(await shown()).toEqual([
      [{ erased: true }, { email: 'b@x' }],
      [{ erased: true }, { email: 'b@x' }],
    ]);
    // Nobody can tell any more; the rest of the request decides.
    expect(await here.holdsSame(inLog(ann), { summary: 'door', requester_contact: { email: 'c@x' } })).toBe(true);
    const events = async function* () {
      yield* both;
    };
    const opened: Json[] = [];
    for await (const { metadata } of openedEvents(here, events())) opened.push(contact(metadata.request));
    expect(opened).toEqual([{ erased: true }, { email: 'b@x' }]);
  });
});

describe('fails closed', () => {
  test('where a key is missing that nobody erased', async () => {
    const create = inLog(await sealedCreate(testVault(), { name: 'Ann' }));
    await expect(testVault().openRequests([create])).rejects.toThrow('nothing says that it was erased');
  });

  test('under another master key', async () => {
    const keys = memoryKeys();
    const create = inLog(await sealedCreate(testVault(keys), { name: 'Ann' }));
    const master = masterKeyOf('08'.repeat(32));
    await expect(openVault({ keys, master })).rejects.toThrow(`under master key ${testMaster.mark}`);
    await expect(vaultOf({ keys, master }).openRequests([create])).rejects.toThrow(KeyFault);
    await expect(sealedCreate(vaultOf({ keys, master }), { name: 'Ann' })).rejects.toThrow(KeyFault);
  });

  test('and asks again where the keys could not be reached', async () => {
    const keys = memoryKeys();
    let away = true;
    const failing: KeyStore = {
      ...keys,
      begin: (master) => (away ? Promise.reject(new Error('away')) : keys.begin(master)),
      find: (people) => (away ? Promise.reject(new Error('away')) : keys.find(people)),
      get: (subjects) => (away ? Promise.reject(new Error('away')) : keys.get(subjects)),
    };
    const vault = testVault(failing);
    await expect(sealedCreate(vault, { name: 'Ann' })).rejects.toThrow('away');
    const create = inLog(await sealedCreate(testVault(keys), { name: 'Ann' }));
    await expect(vault.openRequests([create])).rejects.toThrow('away');
    away = false;
    await sealedCreate(vault, { name: 'Ann' });
    expect((await vault.openRequests([create])).map(contact)).toEqual([{ name: 'Ann' }]);
  });
});
