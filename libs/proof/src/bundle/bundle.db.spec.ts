import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { canonicalJson, chainHash, contentHash, GENESIS } from '@dispatch/event-store';
import { openReadPool, type ReadPool } from '@dispatch/projection';
import { unzipSync } from 'fflate';
import {
  bundleOf,
  type Bundled,
  headNow,
  newSignerLine,
  signerOf,
  signCheckpoint,
  treeReads,
  zipOf,
} from '../index.js';
import { createProofWorld, fill, happening, rewriteStream, type World } from '../testing/world.js';
import { canonicalJson as canonical, manifestOf, renderReport, verifyBundle } from './verify.mjs';

const signer = signerOf(newSignerLine('example.com/dispatch'));
const SET = { roles: ['dispatcher'], sla: { minutes: 60 } };
const VERSION = `sha256:${createHash('sha256').update(canonicalJson(SET)).digest('hex')}`;
const HOSTILE = '<img src=x onerror=alert(1)>&"\'\u202e</pre>';

let world: World;
let pool: ReadPool;
let bundled: Bundled;
let members: Map<string, Buffer>;

const under = (data: Parameters<typeof happening>[0]) => ({
  ...happening(data),
  metadata: {
    actor: { id: HOSTILE, role: 'dispatcher', type: 'HUMAN' },
    tool: 'ticket.create',
    policyVersion: VERSION,
    request: { summary: HOSTILE },
  },
});
const bundle = (...tickets: string[]) => bundleOf({ store: world.store, proofs: treeReads(pool), tickets });

beforeAll(async () => {
  world = await createProofWorld();
  pool = openReadPool({ url: world.url });
  await world.store.append('policy', 'any', { ...happening({ version: VERSION, set: SET }), type: 'PolicyAdopted' });
  await fill(world, 20, ['ticket-z', 'account-a']);
  for (const stream of ['ticket-a', 'ticket-b', 'ticket-a', 'ticket-b', 'ticket-a'])
    await world.store.append(stream, 'any', under({ stream, summary: HOSTILE }));
  await headNow({ ...world, signer });
  await world.store.append('ticket-a', 'any', under({ late: true }));
  bundled = await bundle('ticket-a', 'ticket-b');
});
beforeEach(() => {
  members = new Map(bundled.members);
});
afterAll(async () => {
  await pool.close();
  await world.release();
});

const verifying = () => verifyBundle(members, signer.key.text);
const textOf = (name: string) => members.get(name)?.toString() ?? '';
/** Puts a member in and makes the manifest fit, as a forger would. */
function forge(name: string, text: string): void {
  members.set(name, Buffer.from(text));
  const { tickets } = JSON.parse(textOf('manifest.json')) as { tickets: string[] };
  members.set('manifest.json', Buffer.from(manifestOf(members, tickets)));
}

test('it holds the events of the tickets and the policies under the head, and no others', () => {
  const { events, checkpoint, tickets } = verifying();
  expect(events.map(({ stream, revision }) => `${stream} ${revision}`)).toEqual([
    'policy 0',
    'ticket-a 0',
    'ticket-a 1',
    'ticket-a 2',
    'ticket-b 0',
    'ticket-b 1',
  ]);
  expect([checkpoint.size, bundled.later, tickets]).toEqual([26, 1, ['ticket-a', 'ticket-b']]);
});

test('the same tickets under the same head are the same archive, which any tool unpacks', async () => {
  const archive = zipOf(bundled.members);
  expect(zipOf((await bundle('ticket-a', 'ticket-b')).members).equals(archive)).toBe(true);
  const unpacked = Object.entries(unzipSync(archive)).map(([name, bytes]) => [name, Buffer.from(bytes)] as const);
  expect(new Map(unpacked)).toEqual(bundled.members);
});

test('the report shows what the events say, and nothing of it becomes markup', () => {
  const report = textOf('report.html');
  expect(report).toContain('&lt;img src=x onerror=alert(1)&gt;&amp;&quot;&#39;\\u202e&lt;/pre&gt;');
  expect(report).not.toMatch(/<img|\u202e/);
  expect(
    report
      .match(/<[a-z][a-z0-9]*/g)
      ?.filter((tag) => !/^<(html|head|meta|title|style|body|h1|h2|p|code|br|table|tr|th|td|pre)$/.test(tag)),
  ).toEqual([]);
});

describe('one flipped bit fails it', () => {
  // A byte of each member at even steps, its first and its last.
  const STEPS = 40;
  test.each([
    'README.txt',
    'checkpoint.txt',
    'events.jsonl',
    'key.txt',
    'manifest.json',
    'proofs.jsonl',
    'report.html',
    'verify.mjs',
  ])('in %s', (name) => {
    const bytes = bundled.members.get(name) ?? Buffer.alloc(0);
    const places = Array.from({ length: STEPS + 1 }, (_, n) => Math.round((n * (bytes.length - 1)) / STEPS));
    for (const place of new Set(places)) {
      const flipped = Buffer.from(bytes);
      flipped[place] = (bytes[place] ?? 0) ^ (1 << (place % 8));
      members.set(name, flipped);
      expect(verifying).toThrow();
    }
  });

  test('also where a forger made the manifest fit', () => {
    for (const name of ['README.txt', 'checkpoint.txt', 'events.jsonl', 'key.txt', 'proofs.jsonl', 'report.html']) {
      const text = textOf(name);
      for (let n = 1; n < 20; n += 1) {
        const place = Math.floor((n * text.length) / 20);
        const other = text[place] === 'a' ? 'b' : 'a';
        forge(name, text.slice(0, place) + other + text.slice(place + 1));
        expect(verifying).toThrow();
      }
      forge(name, text);
    }
    expect(verifying().events).toHaveLength(6);
  });
});

describe('a forger is found out by', () => {
  const lines = (name: string) => textOf(name).trimEnd().split('\n');
  const joined = (all: readonly string[]) => all.map((line) => `${line}\n`).join('');

  test('the tree, when a ticket is told anew with a chain that is whole', async () => {
    const other = await createProofWorld();
    try {
      await other.store.append('policy', 'any', {
        ...happening({ version: VERSION, set: SET }),
        type: 'PolicyAdopted',
      });
      await other.store.append('ticket-a', 'any', under({ summary: 'another story' }));
      await headNow({ ...other, signer: signerOf(newSignerLine('example.com/forger')) });
      const db = openReadPool({ url: other.url });
      const forged = await bundleOf({ store: other.store, proofs: treeReads(db), tickets: ['ticket-a'] });
      await db.close();
      members = new Map(forged.members);
      expect(verifying).toThrow('key.txt is not the key that was given');
      forge('key.txt', `${signer.key.text}\n`);
      expect(verifying).toThrow('signed by another key');
      forge('checkpoint.txt', bundled.members.get('checkpoint.txt')?.toString() ?? '');
      expect(verifying).toThrow('does not lead to the signed root');
    } finally {
      await other.release();
    }
  });

  test('the chain, when an event is left out, swapped or put in another stream', () => {
    const [events, proofs] = [lines('events.jsonl'), lines('proofs.jsonl')];
    const arranged = (order: readonly number[]) => {
      forge('events.jsonl', joined(order.map((at) => events[at] ?? '')));
      forge('proofs.jsonl', joined(order.map((at) => proofs[at] ?? '')));
    };
    arranged([0, 1, 3, 4, 5]);
    expect(verifying).toThrow('revision 1 was to come');
    arranged([0, 2, 1, 3, 4, 5]);
    expect(verifying).toThrow('revision 0 was to come');
    arranged([1, 2, 3, 4, 5]);
    expect(verifying).toThrow('its policy was not in force before it');
    arranged([0, 1, 2, 3]);
    expect(verifying).toThrow('events.jsonl has nothing of ticket-b');
  });

  test('the chain, when an event names another one before it', () => {
    const changed = verifying().events.map((event) => {
      if (event.stream !== 'ticket-b' || event.revision !== 1) return event;
      const { data, metadata, ...rest } = event;
      const content = contentHash(event.stream, { ...rest, data: { ...data }, metadata: { ...metadata } });
      return { ...event, prevHash: GENESIS, hash: chainHash(GENESIS, content) };
    });
    forge('events.jsonl', joined(changed.map((event) => canonical(event))));
    expect(verifying).toThrow('events.jsonl:6 (ticket-b, revision 1): it does not follow from the event before it');
  });

  test('the report, when only what people read is changed', () => {
    const { key, checkpoint, tickets, events } = verifying();
    forge('report.html', renderReport({ key, checkpoint, tickets, events: events.slice(0, -1) }));
    expect(verifying).toThrow('report.html does not say what the events say');
  });

  test('the key that is trusted, when another signs a tree of its own', () => {
    const forger = signerOf(newSignerLine('example.com/dispatch'));
    const { checkpoint } = verifying();
    forge('checkpoint.txt', signCheckpoint(checkpoint, forger));
    expect(verifying).toThrow('signed by another key');
    forge('key.txt', `${forger.key.text}\n`);
    expect(verifying).toThrow('key.txt is not the key that was given');
  });

  test('its members, when there is one more or one less', () => {
    members.set('notes.txt', Buffer.from('hello'));
    expect(verifying).toThrow('notes.txt does not belong here');
    members.delete('notes.txt');
    members.delete('README.txt');
    expect(verifying).toThrow('README.txt is missing');
  });
});

test('as a command it needs the folder and Node alone, and its exit code tells', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dispatch-bundle-'));
  try {
    for (const [name, bytes] of members) await writeFile(join(folder, name), bytes);
    const run = (...args: string[]) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, ['verify.mjs', ...args], {
        cwd: folder,
        env: {},
        encoding: 'utf8',
      });
      return { status, said: stdout + stderr };
    };
    expect(run('--key', signer.key.text)).toEqual({
      status: 0,
      said: expect.stringMatching(
        /^VERIFIED: 6 events of 2 tickets and the policies, in a log of 26 events\n  signed by  example/,
      ),
    });
    expect(run().said).toContain('This key came with the bundle');
    expect(run('--key')).toMatchObject({ status: 2 });
    const other = signerOf(newSignerLine('example.com/dispatch')).key.text;
    expect(run('--key', other)).toMatchObject({
      status: 1,
      said: expect.stringMatching(/^NOT VERIFIED: key\.txt is not/),
    });
    await writeFile(join(folder, 'events.jsonl'), textOf('events.jsonl').replace('ticket-a', 'ticket-c'));
    expect(run()).toMatchObject({ status: 1, said: expect.stringMatching(/^NOT VERIFIED: events\.jsonl is not what/) });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a log that was tampered with gives no bundle, nor does a ticket that is not there', async () => {
  await expect(bundle('ticket-q')).rejects.toThrow('the log has nothing of ticket-q');
  await rewriteStream(world, 'ticket-b', () => ({ n: 'another' }));
  await expect(bundle('ticket-b')).rejects.toThrow('the tree has another event at position');
});
