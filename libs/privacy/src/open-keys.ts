import { createSecretKey, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import { forAMoment } from './for-a-moment.js';
import { type KeptKey, KeyFault, type KeyStore, type Sought } from './keys.js';
import type { MasterKey } from './master-key.js';
import { fingerprint, type Known } from './names.js';
import { namingKey } from './naming.js';
import { unwrap, wrap } from './sealing.js';

export interface OpenKey {
  readonly subject: string;
  readonly key: KeyObject;
}

/** Keys as they are used: opened with the master key, and in memory for a moment. */
export interface OpenKeys {
  /** The keys of people, in their order, by what they are known by, the strongest first. They are made where one is new; undefined where one is and the command is a repeat. */
  keysFor(people: readonly (readonly Known[])[], isRepeat: () => Promise<boolean>): Promise<OpenKey[] | undefined>;
  /** The keys of subjects. @throws KeyFault where one is missing that was not erased. */
  subjectKeys(subjects: readonly string[]): Promise<ReadonlyMap<string, KeyObject | 'erased'>>;
}

export function openKeys({
  keys,
  master,
  keptMs,
}: {
  readonly keys: KeyStore;
  readonly master: MasterKey;
  /** Milliseconds. */
  readonly keptMs: number;
}): OpenKeys {
  function opened({ subject, wrapped }: KeptKey): OpenKey {
    const key = unwrap(master.wrapping, subject, wrapped);
    if (key) return { subject, key: createSecretKey(key) };
    throw new KeyFault(`the key of subject ${subject} does not open with the master key`);
  }

  let asked: Promise<KeyObject> | undefined;
  function naming(): Promise<KeyObject> {
    asked ??= namingKey(keys, master).catch((error: unknown) => {
      asked = undefined;
      throw error;
    });
    return asked;
  }

  const known = forAMoment<Sought, KeptKey | undefined, OpenKey | undefined>({
    keptMs,
    nameOf: ({ name, also }) => [name, ...also].map((one) => one.toString('base64')).join(),
    ask: (people) => keys.find(people),
    use: (found) => found && opened(found),
  });

  /** The keys of people, or undefined where one is new and the command is a repeat. */
  async function keysFor(
    knownBy: readonly (readonly Known[])[],
    isRepeat: () => Promise<boolean>,
  ): Promise<OpenKey[] | undefined> {
    const key = await naming();
    const people = knownBy.map((person) => soughtAs(key, person));
    const found = await known(people);
    const news = people.flatMap((person, index) => (found[index] ? [] : [{ person, index }]));
    if (news.length === 0) return found.filter((key) => key !== undefined);
    if (await isRepeat()) return undefined;
    const made = await keys.make(
      news.map(({ person: { name } }) => {
        const subject = randomUUID();
        return { name, subject, wrapped: wrap(master.wrapping, subject, randomBytes(32)) };
      }),
      master.mark,
    );
    // Once more for the rest of what they are known by.
    if (news.some(({ person }) => person.also.length > 0)) await keys.find(news.map(({ person }) => person));
    const all = [...found];
    news.forEach(({ index }, at) => {
      const key = made[at];
      if (key) all[index] = opened(key);
    });
    return all.map((key) => {
      if (!key) throw new KeyFault('a person was given no key');
      return key;
    });
  }

  const ofSubjects = forAMoment<string, Buffer | 'erased' | undefined, KeyObject | 'erased'>({
    keptMs,
    nameOf: (subject) => subject,
    async ask(subjects) {
      const found = await keys.get(subjects);
      return subjects.map((subject) => found.get(subject));
    },
    use(wrapped, subject) {
      if (wrapped === undefined)
        throw new KeyFault(`the key of subject ${subject} is missing, and nothing says that it was erased`);
      return wrapped === 'erased' ? wrapped : opened({ subject, wrapped }).key;
    },
  });

  async function subjectKeys(subjects: readonly string[]): Promise<ReadonlyMap<string, KeyObject | 'erased'>> {
    const wanted = [...new Set(subjects)];
    const found = await ofSubjects(wanted);
    return new Map(found.map((key, at) => [wanted[at] ?? '', key]));
  }

  return { keysFor, subjectKeys };
}

function soughtAs(naming: KeyObject, person: readonly Known[]): Sought {
  const [first, ...rest] = person.map((known) => fingerprint(naming, known));
  if (!first) throw new KeyFault('a person is known by nothing');
  return { name: first, also: rest };
}
