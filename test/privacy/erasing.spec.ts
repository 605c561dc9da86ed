import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { recordPolicy } from '@dispatch/commands';
import { openPostgresKeys, type PostgresKeys, subjectsIn } from '@dispatch/privacy';
import { grantRole } from '@dispatch/local-postgres';
import { newSignerLine, signerOf } from '@dispatch/proof';
import { Client } from 'pg';
import { run } from '../../apps/cli/src/program.js';
import { type Api, at, type Reply, startApi, textAt } from '../support/api.js';
import { createDatabase } from '../postgres/database.js';
import { groundOf, type Tickets } from '../support/tickets.js';

/** Two people, with words that nothing else says. */
const ANN = { name: 'Annelise Quillfeather', email: 'Annelise@quill.example', phone: '+1 510 555 7391' };
const BO = { name: 'Bogdan Thistlewood', phone: '+1 510 555 8264', role: 'night porter Zinnia' };
const OF_ANN = ['Annelise', 'annelise', 'Quillfeather', 'quill.example', '555 7391', '15105557391'];
const OF_BO = ['Bogdan', 'Thistlewood', '555 8264', '15105558264', 'Zinnia'];
const ROLE = 'keeper of the keys';

let api: Api;
/** Another process on the same database. */
let other: Api;
let keys: PostgresKeys;
let tickets: Tickets;
let folder: string;
let secondSite: string;
/** With a file's time as coarse as a second. */
const began = Date.now() - 1_000;
const requests = new Map<string, { readonly ask: Parameters<Api['run']>; readonly reply: Reply }>();

/** Asks, and keeps what was asked and answered. */
async function asked(name: string, tool: string, ask: NonNullable<Parameters<Api['run']>[1]>): Promise<Reply> {
  const kept = { key: randomUUID(), ...ask };
  const reply = await api.run(tool, kept);
  if (reply.status > 201) throw new Error(reply.text);
  requests.set(name, { ask: [tool, kept], reply });
  return reply;
}

const sentAgain = (name: string, from: Api = api): Promise<Reply> => {
  const { ask } = requests.get(name) ?? { ask: undefined };
  if (!ask) throw new Error(`${name} was never sent`);
  return from.run(...ask);
};
const first = (name: string): string => requests.get(name)?.reply.text ?? '';
const idOf = (name: string): string => String(at(requests.get(name)?.reply.json, 'id'));

/** A command line on the database, and all it said. */
async function said(line: string, env: Record<string, string> = {}) {
  const lines: string[] = [];
  const notes: string[] = [];
  const code = await run(line.split(' '), {
    env: { DISPATCH_DATABASE_URL: api.database.url, DISPATCH_PRIVACY_KEY: '07'.repeat(32), ...env },
    printer: { line: (text) => lines.push(text), note: (text) => notes.push(text), progress: () => undefined },
    signal: new AbortController().signal,
  });
  return { code, lines, notes, text: [...lines, ...notes].join('\n') };
}

const queried = async (text: string): Promise<Record<string, unknown>[]> => {
  const client = new Client({ connectionString: api.database.ownerUrl });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};

/** Every row of every table, as text. */
async function dump(): Promise<string> {
  const tables = await queried(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname like 'dispatch%'`,
  );
  const texts = await Promise.all(
    tables.map(async ({ name }) => JSON.stringify(await queried(`select t::text from ${String(name)} t`))),
  );
  return texts.join('\n');
}

/** Which of the words stand in the server's files of the database, or in what it wrote ahead since the test began. */
async function inFiles(words: readonly string[]): Promise<string[]> {
  await queried('checkpoint');
  const [{ root, oid } = {}] = await queried(
    `select current_setting('data_directory') as root, oid::text from pg_database where datname = current_database()`,
  );
  const found = new Set<string>();
  for (const folder of [join(String(root), 'base', String(oid)), join(String(root), 'pg_wal')])
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      // Other tests write to the same server: what was written ahead is taken away again.
      const file = await stat(path).catch(() => undefined);
      if (!file?.isFile() || file.mtimeMs < began) continue;
      const bytes = await readFile(path).catch(() => Buffer.alloc(0));
      for (const word of words) if (bytes.includes(word)) found.add(word);
    }
  return [...found];
}

/** What every read answers that could show a person, of both processes. */
async function answers(): Promise<string> {
  const reads = [
    `/sites/${tickets.siteId}`,
    `/sites/${secondSite}`,
    '/sites',
    '/tickets',
    '/tickets?q=Quillfeather',
    ...['of Ann', 'of Bo'].flatMap((name) => [
      `/tickets/${idOf(name)}`,
      `/tickets/${idOf(name)}/timeline`,
      `/tickets/${idOf(name)}/evidence`,
      `/ux/technician/job-packet/${idOf(name)}`,
      `/ux/dispatcher/cockpit?ticket_id=${idOf(name)}`,
    ]),
  ];
  const replies = await Promise.all(
    [api, other].flatMap((one) => reads.map((path) => one.call({ method: 'GET', path, as: 'dispatcher' }))),
  );
  for (const { status, text } of replies) if (status !== 200) throw new Error(text);
  return replies.map(({ text }) => text).join('\n');
}

const among = (words: readonly string[], text: string) => words.filter((word) => text.includes(word));

const subjectOf = async (name: string): Promise<string> => {
  for await (const event of api.store.read(`ticket-${idOf(name)}`))
    return subjectsIn(JSON.stringify(event.metadata))[0] ?? '';
  throw new Error('no such ticket');
};
const erasureEvents = async (subject: string) => {
  const events = [];
  for await (const event of api.store.read(`privacy-${subject}`)) events.push(event);
  return events;
};
const everyCheck = async () => {
  const { code, text } = await said('audit verify --all --processes 1');
  return code === 0 ? 'good' : text;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dispatch-privacy-'));
  api = await startApi({ readWaitMs: 30_000, signer: signerOf(newSignerLine('localhost/dispatch')) });
  other = await startApi({ database: api.database, projections: false, readWaitMs: 30_000 });
  keys = openPostgresKeys({ url: api.database.url });
  await recordPolicy(api.store, api.policy, Date.now, 'test');
  tickets = await groundOf(api);
  const site = tickets.bodies['site.put'];
  secondSite = randomUUID();
  const ann = { ...ANN, role: ROLE, is_authorized_requester: true, escalation_level: 1 };
  const bo = { ...BO, is_authorized_requester: true, escalation_level: 2 };
  await asked('both', 'site.put', {
    id: tickets.siteId,
    body: { ...site, contacts: [bo, { ...ann, name: ` ${ANN.name} ` }] },
  });
  await asked('second', 'site.put', { id: secondSite, body: { ...site, contacts: [ann] } });
  const create = tickets.bodies['ticket.create'];
  await asked('of Ann', 'ticket.create', {
    body: { ...create, requester_contact: { name: ANN.name, email: ANN.email } },
  });
  await asked('of Bo', 'ticket.create', { body: { ...create, requester_contact: { who: BO.name, mobile: BO.phone } } });
  await asked('of nobody', 'ticket.create', { body: create });
});
afterAll(async () => {
  await keys.close();
  await Promise.all([other.close()]);
  await api.close();
  await rm(folder, { recursive: true });
});

test('answers show people, and the database never had them in plain', async () => {
  const shown = await answers();
  expect(among([ANN.name, ANN.email, ANN.phone, BO.name, BO.phone, BO.role, ROLE], shown)).toHaveLength(7);
  const stored = await dump();
  expect(stored).toContain('sealed:1:');
  expect(among([...OF_ANN, ...OF_BO, ROLE], stored)).toEqual([]);
  expect(at(requests.get('both')?.reply.json, 'contacts.1')).toMatchObject({ ...ANN, role: ROLE });
});

test('nor do the files of the server, what was written ahead included', async () => {
  expect(await inFiles(['sealed:1:', ...OF_ANN, ...OF_BO, ROLE])).toEqual(['sealed:1:']);
});

test('one person is one subject, over tickets and sites', async () => {
  const { code, lines } = await said(`privacy find --email ${ANN.email.toUpperCase()}`);
  expect(code).toBe(0);
  const subject = await subjectOf('of Ann');
  expect(lines).toEqual([
    `subject ${subject}: has a key`,
    ...[`site-${tickets.siteId}`, `site-${secondSite}`, `ticket-${idOf('of Ann')}`].map((stream) =>
      expect.stringMatching(new RegExp(`^${stream} revision \\d+ of .*Z: ${subject}$`)),
    ),
  ]);
  expect(
    (await said(`privacy find --site ${tickets.siteId}`)).lines.filter((line) => line.startsWith('subject')),
  ).toEqual([await subjectOf('of Bo'), subject].map((one) => `subject ${one}: has a key`));
});

test('a repeat is told from other content by what is sealed, too', async () => {
  const again = await sentAgain('of Ann', other);
  expect([again.status, again.headers['idempotency-replayed'], again.text]).toEqual([201, 'true', first('of Ann')]);
  const [tool, ask] = requests.get('of Ann')?.ask ?? [];
  const body = { ...Object(ask?.body), requester_contact: { name: ANN.name, email: 'b@quill.example' } };
  expect((await api.run(String(tool), { ...ask, body })).status).toBe(409);
  expect((await sentAgain('both', other)).text).toBe(first('both'));
});

test('every check is good before', async () => {
  expect(await everyCheck()).toBe('good');
});

test('erased: a moment later no answer of any process shows the person, and others are as they were', async () => {
  const subject = await subjectOf('of Ann');
  // So that both processes have the key at hand.
  expect(await answers()).toContain(ANN.email);
  const until = performance.now() + 5_000;
  const { code, lines } = await said(`privacy erase --email ${ANN.email} --by auditor`);
  expect({ code, lines }).toEqual({ code: 0, lines: [`subject ${subject}: erased`] });
  let shown = await answers();
  while (among([...OF_ANN, ROLE], shown).length > 0) {
    if (performance.now() > until) throw new Error(`still shown: ${among(OF_ANN, shown).join()}`);
    await delay(50);
    shown = await answers();
  }
  expect(among([BO.name, BO.phone, BO.role], shown)).toHaveLength(3);
  expect(shown).toContain('"requester_contact":{"erased":true}');
  const { json } = await other.run('tech.job_packet', { id: idOf('of Ann'), as: 'tech' });
  expect(at(json, 'packet.site_and_access.onsite_contact')).toEqual({
    name: '[erased]',
    phone: '[erased]',
    role: '[erased]',
  });
  const { json: site } = await api.call({ method: 'GET', path: `/sites/${tickets.siteId}` });
  expect(at(site, 'contacts')).toEqual([
    expect.objectContaining(BO),
    expect.objectContaining({ name: '[erased]', email: '[erased]', phone: '[erased]', is_authorized_requester: true }),
  ]);
});

test('the log says so, once, and everything that is stored and proved holds', async () => {
  const [event, ...more] = await erasureEvents(await subjectOf('of Ann'));
  expect(more).toEqual([]);
  expect(event).toMatchObject({ type: 'SubjectErased', metadata: { actor: { id: 'auditor' } } });
  expect(among([...OF_ANN, ROLE], await dump())).toEqual([]);
  expect(await everyCheck()).toBe('good');
  const proof = await api.call({ method: 'GET', path: `/audit/proof/event/${event?.id}`, as: 'auditor' });
  const created = requests.get('of Ann')?.reply.headers['dispatch-event-id'];
  const older = await api.call({ method: 'GET', path: `/audit/proof/event/${String(created)}`, as: 'auditor' });
  expect([proof.status, older.status]).toEqual([200, 200]);
});

test('repeats are answered as before, where they show the person with the person erased, and leave no trace', async () => {
  const before = await keys.count();
  for (const from of [api, other]) {
    const again = await sentAgain('of Ann', from);
    expect([again.status, again.headers['idempotency-replayed'], again.text]).toEqual([201, 'true', first('of Ann')]);
  }
  const again = await sentAgain('second', other);
  expect([again.status, again.headers['idempotency-replayed']]).toEqual([201, 'true']);
  const erased = { name: '[erased]', phone: '[erased]', email: '[erased]', role: '[erased]' };
  const { contacts, ...rest } = Object(requests.get('second')?.reply.json);
  expect(again.json).toEqual({ ...rest, contacts: [{ ...contacts[0], ...erased }] });
  const [tool, ask] = requests.get('of Ann')?.ask ?? [];
  const otherwise = { ...ask, body: { ...Object(ask?.body), summary: 'another door' } };
  expect((await api.run(String(tool), otherwise)).status).toBe(409);
  expect(await keys.count()).toBe(before);
});

test('exports show the person as erased, and others as they are', async () => {
  for (const format of ['jsonl', 'csv']) {
    const { code, text } = await said(`audit history --format ${format} --personal`);
    expect(code).toBe(0);
    expect(among([...OF_ANN, ...OF_BO], text)).toEqual(['Bogdan', 'Thistlewood', '555 8264']);
    expect(text).toContain('erased');
  }
  const replay = await said(`audit replay ${idOf('of Ann')} --json`);
  expect([replay.code, among(OF_ANN, replay.text)]).toEqual([0, []]);
  const bundle = join(folder, 'bundle.zip');
  expect((await said(`audit export ${idOf('of Bo')} --out ${bundle}`)).code).toBe(0);
});

test('a backup holds no key, and nobody in plain', async () => {
  const out = join(folder, 'backup');
  expect((await said(`backup --out ${out}`)).code).toBe(0);
  const files = await Promise.all((await readdir(out)).map((name) => readFile(join(out, name))));
  const text = files.map((bytes) => (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString()).join('\n');
  expect(text).toContain('SubjectErased');
  expect(among([...OF_ANN, ...OF_BO], text)).toEqual([]);
  for await (const { wrapped } of keys.all())
    for (const encoding of ['hex', 'base64'] as const) expect(text).not.toContain(wrapped.toString(encoding));
});

test('erased again is as once; who is unknown is said to be', async () => {
  const subject = await subjectOf('of Ann');
  expect(await said(`privacy erase ${subject}`)).toMatchObject({
    code: 0,
    lines: [`subject ${subject}: was erased before`],
  });
  expect(await erasureEvents(subject)).toHaveLength(1);
  expect(await said(`privacy erase --email ${ANN.email}`)).toMatchObject({
    code: 1,
    lines: ['nobody has a key by that address or number'],
  });
  const { code, lines } = await said(`privacy erase ${randomUUID()}`);
  expect([code, lines[0]]).toEqual([1, expect.stringContaining('was not erased')]);
  expect((await said('privacy erase')).code).toBe(1);
  expect((await said('privacy erase --email nobody')).notes).toEqual(['error: that is no e-mail address']);
  expect((await said(`privacy find --email ${ANN.email}`, { DISPATCH_PRIVACY_KEY: '08'.repeat(32) })).code).toBe(1);
});

test('who comes back is somebody new', async () => {
  const create = tickets.bodies['ticket.create'];
  await asked('back', 'ticket.create', { body: { ...create, requester_contact: ANN } });
  const { json } = await other.run('ticket.timeline', { id: idOf('back') });
  expect(at(json, 'events.0.payload.request.requester_contact')).toEqual(ANN);
  expect(await subjectOf('back')).not.toBe(await subjectOf('of Ann'));
  // Met with a number by which nobody goes: told, and not taken for the same person.
  const subject = await subjectOf('back');
  expect((await said(`privacy erase --phone ${ANN.phone.replaceAll(' ', '-')}`)).lines).toEqual([
    'nobody has a key by that address or number',
    `subject ${subject}: not erased; met with that address or number, and goes by another`,
  ]);
});

test('an erasure that broke off before the log knew of it is completed by whoever comes next', async () => {
  const subject = await subjectOf('of Bo');
  expect(await keys.erase(subject, 'auditor')).toBe('erased');
  expect((await said('privacy list')).text).toContain(`subject ${subject}: erased at`);
  expect((await said('privacy list')).text).toContain('not in the log yet');
  expect(await erasureEvents(subject)).toEqual([]);
  // Two at once.
  const both = await Promise.all([said(`privacy erase ${subject}`), said(`privacy erase ${subject}`)]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(await erasureEvents(subject)).toHaveLength(1);
  expect((await said('privacy list')).text).not.toContain('not in the log yet');
});

test('a key that is missing and was not erased is never taken for erased', async () => {
  const create = tickets.bodies['ticket.create'];
  await asked('lost', 'ticket.create', { body: { ...create, requester_contact: { email: 'lost@quill.example' } } });
  const subject = await subjectOf('lost');
  await queried(`delete from dispatch_privacy.keys where subject = '${subject}'`);
  const failing = await other.run('ticket.timeline', { id: idOf('lost') });
  expect([failing.status, at(failing.json, 'error.code')]).toEqual([500, 'INTERNAL_ERROR']);
  expect((await other.run('ticket.get', { id: idOf('lost') })).status).toBe(200);
  expect((await said(`privacy find --ticket ${idOf('lost')}`)).lines[0]).toBe(`subject ${subject}: no key here`);
  expect((await said(`privacy erase ${subject}`)).code).toBe(1);
  expect((await said(`privacy erase ${subject} --lost`)).lines).toEqual([`subject ${subject}: erased`]);
  const { json } = await other.run('ticket.timeline', { id: idOf('lost') });
  expect(at(json, 'events.0.payload.request.requester_contact')).toEqual({ erased: true });
});

test('what was written before anything was sealed is found, and said to stay', async () => {
  const stream = `site-${randomUUID()}`;
  const contacts = [{ name: 'Old Timer', email: 'old@quill.example' }];
  await api.store.append(stream, 'none', {
    id: randomUUID(),
    type: 'SiteStated',
    schemaVersion: 1,
    data: { contacts },
    metadata: { tool: 'site.put', request: { contacts } },
    at: '2026-01-01T00:00:00.000Z',
  });
  for (const command of ['find', 'erase']) {
    const { code, text } = await said(`privacy ${command} --email old@quill.example`);
    expect(text).toContain(`${stream} revision 0 of 2026-01-01T00:00:00.000Z: `);
    expect(text).toContain('in plain');
    expect(code).toBe(command === 'find' ? 0 : 1);
  }
});

test('keys are kept elsewhere and come back, but not those that were erased', async () => {
  const file = join(folder, 'keys');
  const create = tickets.bodies['ticket.create'];
  for (const name of ['kept', 'gone'])
    await asked(name, 'ticket.create', { body: { ...create, requester_contact: { email: `${name}@quill.example` } } });
  expect((await said(`privacy backup-keys --out ${file}`)).code).toBe(0);
  expect(among(['quill', 'kept'], await readFile(file, 'utf8'))).toEqual([]);
  expect((await said('privacy erase --email gone@quill.example')).code).toBe(0);
  await queried(`delete from dispatch_privacy.keys where subject = '${await subjectOf('kept')}'`);
  const { code, lines } = await said(`privacy restore-keys --from ${file}`);
  expect([code, lines[0]]).toEqual([0, expect.stringMatching(/: 1 of \d+ keys taken over$/)]);
  const contact = async (name: string) =>
    at((await other.run('ticket.timeline', { id: idOf(name) })).json, 'events.0.payload.request.requester_contact');
  expect(await contact('kept')).toEqual({ email: 'kept@quill.example' });
  expect(await contact('gone')).toEqual({ erased: true });
  expect(textAt(await sentAgain('kept', other), 'id')).toBe(idOf('kept'));
});

test('a log that was moved gets its people by the keys that are kept, but nobody who was erased', async () => {
  const moved = await createDatabase();
  try {
    const to = { LOG_TO: moved.url, LOG_OWNER: moved.ownerUrl };
    await grantRole(moved.ownerUrl, 'dispatch_app', moved.role);
    expect((await said('log copy --to env:LOG_TO --to-owner env:LOG_OWNER', to)).code).toBe(0);
    const env = { DISPATCH_DATABASE_URL: moved.url, DISPATCH_DATABASE_MIGRATION_URL: moved.ownerUrl };
    const history = `audit history ${idOf('kept')} ${idOf('gone')} --format jsonl --personal`;
    expect((await said(`privacy restore-keys --from ${join(folder, 'keys')}`, env)).code).toBe(0);
    const { text } = await said(history, env);
    expect(among(['kept@quill.example', 'gone@quill.example'], text)).toEqual(['kept@quill.example']);
    expect((await said('privacy list', env)).text).toContain(`subject ${await subjectOf('gone')}: erased at`);
    expect((await said('audit verify --all --processes 1', env)).text).not.toContain('decision');
  } finally {
    await moved.drop();
  }
});

test('under another master key everything opens as before, and with the old one nothing', async () => {
  const file = join(folder, 'new-master-key');
  await writeFile(file, `${(await said('privacy new-key')).lines[0]}\n`, { mode: 0o600 });
  const env = { DISPATCH_PRIVACY_KEY: (await readFile(file, 'utf8')).trim() };
  expect((await said(`privacy change-key --to ${file}`)).code).toBe(0);
  const shown = await said(`audit history ${idOf('kept')} ${idOf('gone')} --format jsonl --personal`, env);
  expect(among(['kept@quill.example', 'gone@quill.example'], shown.text)).toEqual(['kept@quill.example']);
  expect((await said('privacy find --email kept@quill.example', env)).code).toBe(0);
  expect((await said(`audit history ${idOf('kept')} --format jsonl --personal`)).notes[0]).toMatch(
    /DISPATCH_PRIVACY_KEY has another master key/,
  );
  // A process that goes on with the old one.
  const create = tickets.bodies['ticket.create'];
  const late = await api.run('ticket.create', { body: { ...create, requester_contact: { email: 'c@quill.example' } } });
  expect(late.status).toBe(500);
});
