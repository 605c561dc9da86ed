import {
  byEmail,
  byPhone,
  eraseSubject,
  erasureIn,
  fingerprint,
  type KeptKey,
  KeyFault,
  type Known,
  knownNamingKey,
  type MasterKey,
  masterKeyIn,
  NAMING,
  newMasterKey,
  type PostgresKeys,
  settleErasures,
  unwrap,
  wrap,
} from '@dispatch/privacy';
import { openDatabase, openKeyVault, openMasterKey, readProcessSettings, stopsInTurn } from '@dispatch/process';
import { openLog } from '@dispatch/telemetry';
import { type Connected, connected, type Surroundings } from '../database.js';
import { Failure } from '../failure.js';
import { counted, grouped } from '../projections/format.js';
import { type Place, placesOf, subjectsOf } from './finding.js';
import { readKeys, writeKeys } from './key-file.js';
import { withKeys } from './keys.js';

/** True: done. False: done, and the answer is one that scripts must notice. */
type Done = Promise<boolean>;

/** Who is meant. */
export interface Meant {
  /** Ids of subjects. */
  readonly subjects: readonly string[];
  readonly email: readonly string[];
  readonly phone: readonly string[];
}

/** Destroys the keys of who is meant, says so in the log, and tells what no key can erase. */
export function erase(given: Surroundings, meant: Meant, by: string, lost: boolean): Done {
  const { printer } = given;
  return asking(given, async (parts) => {
    const { keys, store } = parts;
    await settleErasures(parts);
    const known = knownAs(meant);
    const { own, others } = await recognised(parts, known);
    const subjects = [...new Set([...meant.subjects, ...own])];
    let good = subjects.length > 0;
    if (!good) printer.line('nobody has a key by that address or number');
    for (const subject of subjects) {
      let outcome = await eraseSubject(parts, subject, by);
      if (outcome === 'unknown' && lost) {
        if (!(await stands(parts, subject))) throw new Failure(`nothing in the log was sealed for subject ${subject}`);
        await keys.giveUp({ subject, by, at: new Date().toISOString() });
        await settleErasures({ keys, store });
        outcome = 'erased';
      }
      good &&= outcome !== 'unknown';
      printer.line(`subject ${subject}: ${TOLD[outcome]}`);
    }
    await swept(given, parts);
    for (const subject of others.filter((one) => !subjects.includes(one)))
      printer.line(`subject ${subject}: not erased; met with that address or number, and goes by another`);
    const plain = known.length === 0 ? [] : await gathered(given, parts, new Set(), known);
    for (const place of plain) printer.line(`${placeLine(place)}: stands in plain, and cannot be erased`);
    return good && plain.length === 0;
  });
}

const TOLD = {
  erased: 'erased',
  before: 'was erased before',
  unknown: 'has no key here, and was not erased; where its key is lost for good, --lost says so',
} as const;

/** Tells where in the log somebody stands, whose key is there and whose is not. */
export function find(given: Surroundings, meant: Meant, streams: readonly string[]): Done {
  const { printer, signal } = given;
  return asking(given, async (parts) => {
    const known = knownAs(meant);
    const { own, others } = await recognised(parts, known);
    const subjects = new Set([...meant.subjects, ...own, ...others]);
    for (const stream of streams) {
      for await (const event of parts.store.read(stream, { signal }))
        for (const subject of subjectsOf(event)) subjects.add(subject);
    }
    const states = await parts.keys.get([...subjects]);
    for (const subject of subjects) {
      const state = states.get(subject);
      const how = state === undefined ? 'no key here' : state === 'erased' ? 'erased' : 'has a key';
      printer.line(`subject ${subject}: ${how}${others.includes(subject) ? ', goes by another address' : ''}`);
    }
    const places = await gathered(given, parts, subjects, known);
    for (const place of places)
      printer.line(`${placeLine(place)}: ${[...place.subjects, ...(place.plain ? ['in plain'] : [])].join(', ')}`);
    if (subjects.size === 0 && places.length === 0) printer.line('nothing in the log tells of them');
    return subjects.size > 0 || places.length > 0;
  });
}

/** Tells how many have a key, and who was erased. */
export function list(given: Surroundings, json: boolean): Done {
  const { printer } = given;
  return asking(given, async ({ keys }) => {
    const [count, mark, erasures] = [await keys.count(), (await keys.master())?.mark, await keys.erasures()];
    if (json) printer.line(JSON.stringify({ keys: count, master_key: mark ?? null, erasures }, undefined, 2));
    else {
      printer.line(`${counted(count, 'key')}${mark === undefined ? '' : ` under master key ${mark}`}`);
      for (const { subject, at, by, recorded } of erasures)
        printer.line(`subject ${subject}: erased at ${at} by ${by}${recorded ? '' : ', not in the log yet'}`);
    }
    return true;
  });
}

/** Prints a master key for DISPATCH_PRIVACY_KEY; nothing keeps it. */
export function newKey({ printer }: Surroundings): boolean {
  printer.line(newMasterKey());
  return true;
}

/** Writes the keys, still under the master key, into a new file: what a backup of the log does not hold. */
export function backupKeys(given: Surroundings, out: string): Done {
  return asking(given, async ({ keys }) => {
    given.printer.line(`${out}: ${counted(await writeKeys(out, keys), 'key')}`);
    return true;
  });
}

/** Takes keys over from such a file, but for those that the log says were erased. */
export async function restoreKeys(given: Surroundings, from: string, before: string | undefined): Done {
  const { printer, signal } = given;
  const settings = readProcessSettings(given.env);
  // With the owner's login, since keys come to a moved log before anything has started on its database.
  if (settings.database && settings.database.migrationUrl !== settings.database.url)
    await openDatabase(settings, openLog('silent'), stopsInTurn());
  return asking(given, async (parts) => {
    const { keys, store } = parts;
    const master = await masterOf(parts);
    const file = await readKeys(from, master, before === undefined ? master : await masterKeyIn(before));
    for await (const event of store.readAll({ after: 'start', signal })) {
      const erasure = erasureIn(event);
      if (erasure) await keys.giveUp(erasure);
    }
    for (const erasure of file.erasures) await keys.giveUp(erasure);
    await settleErasures(parts);
    const { naming: here } = await keys.begin({ mark: master.mark, naming: file.naming });
    // Made with another key a name is nobody's: what it sealed opens, and the person is new when they come again.
    const named = isSameKey(here, file.naming, master);
    let taken = 0;
    for (let at = 0; at < file.keys.length; at += AT_ONCE)
      taken += await keys.take(
        file.keys.slice(at, at + AT_ONCE).map((key) => (named ? key : { ...key, name: null })),
        master.mark,
      );
    printer.line(`${from}: ${grouped(taken)} of ${counted(file.keys.length, 'key')} taken over`);
    return true;
  });
}

const AT_ONCE = 1_000;

function isSameKey(one: Buffer, other: Buffer, { wrapping }: MasterKey): boolean {
  const [a, b] = [unwrap(wrapping, NAMING, one), unwrap(wrapping, NAMING, other)];
  return a !== undefined && b !== undefined && a.equals(b);
}

/** Puts every key under another master key: what is left of destroyed keys in old copies opens with neither then. */
export function changeKey(given: Surroundings, to: string): Done {
  return asking(given, async (parts) => {
    const { keys } = parts;
    const [before, after] = [await masterOf(parts), await masterKeyIn(to)];
    const kept = await keys.master();
    if (!kept) throw new Failure('there is no key yet: start the service with the new master key');
    const under = (subject: string, wrapped: Buffer): Buffer => {
      const key = unwrap(before.wrapping, subject, wrapped);
      if (!key) throw new KeyFault(`the key of subject ${subject} does not open with the master key`);
      return wrap(after.wrapping, subject, key);
    };
    const rewrapped: KeptKey[] = [];
    for await (const { subject, wrapped } of keys.all()) rewrapped.push({ subject, wrapped: under(subject, wrapped) });
    await keys.rewrap(before.mark, { mark: after.mark, naming: under(NAMING, kept.naming) }, rewrapped);
    await swept(given, parts);
    given.printer.line(`${counted(rewrapped.length, 'key')} under master key ${after.mark}: give it to every process`);
    return true;
  });
}

/** Takes what was deleted out of the tables' files, or says that it is still there. */
async function swept({ printer }: Surroundings, { keys }: Parts): Promise<void> {
  const unswept = await keys.sweep();
  if (unswept !== undefined)
    printer.note(`The tables of keys could not be rewritten (${unswept}): run vacuum full on them as their owner.`);
}

interface Parts extends Connected {
  readonly keys: PostgresKeys;
}

function asking(given: Surroundings, work: (parts: Parts) => Done): Done {
  return connected(given, (parts) => withKeys(parts, (keys) => work({ ...parts, keys })));
}

/** The master key, once it is known to be that of the keys. */
async function masterOf({ settings, keys }: Parts): Promise<MasterKey> {
  await openKeyVault(settings, keys);
  return openMasterKey(settings);
}

function knownAs({ email, phone }: Meant): readonly Known[] {
  const known = (found: readonly Known[], what: string): readonly Known[] => {
    if (found.length === 0) throw new Failure(`that is no ${what}`);
    return found;
  };
  return [
    ...email.flatMap((text) => known(byEmail(text), 'e-mail address')),
    ...phone.flatMap((text) => known(byPhone(text), 'phone number')),
  ];
}

/** Subjects that go by what is known, and those that were met with it and go by something else. */
async function recognised(parts: Parts, known: readonly Known[]) {
  const [own, others] = [new Set<string>(), new Set<string>()];
  if (known.length > 0) {
    const naming = await knownNamingKey(parts.keys, await masterOf(parts));
    if (!naming) return { own: [], others: [] };
    for (const one of known)
      for (const { subject, first } of await parts.keys.metWith(fingerprint(naming, one)))
        (first ? own : others).add(subject);
  }
  return { own: [...own], others: [...others].filter((subject) => !own.has(subject)) };
}

async function gathered(
  { printer, signal }: Surroundings,
  { store }: Parts,
  subjects: ReadonlySet<string>,
  known: readonly Known[],
): Promise<Place[]> {
  if (subjects.size === 0 && known.length === 0) return [];
  const places: Place[] = [];
  let count = 0;
  const tell = () => {
    count += 1;
    printer.progress(() => `${grouped(count)} events read`);
  };
  for await (const place of placesOf(store, { subjects, known }, signal, tell)) places.push(place);
  return places;
}

async function stands({ store }: Parts, subject: string): Promise<boolean> {
  const wanted = { subjects: new Set([subject]), known: [] };
  for await (const _ of placesOf(store, wanted, new AbortController().signal, () => undefined)) return true;
  return false;
}

const placeLine = ({ event: { stream, revision, at } }: Place): string => `${stream} revision ${revision} of ${at}`;
