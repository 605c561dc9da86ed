import { type Erasure, KeyFault, type KeptKey, type KeptMaster, type KeyStore } from './keys.js';

/** Keys in memory, for tests and for what needs no other process. */
export function memoryKeys(): KeyStore {
  const kept = new Map<string, Buffer>();
  const firsts = new Map<string, string>();
  const others = new Map<string, Set<string>>();
  const erased = new Map<string, Erasure>();
  let under: KeptMaster | undefined;
  const nameOf = (name: Buffer) => name.toString('hex');
  const byName = (name: Buffer): KeptKey | undefined => {
    const subject = firsts.get(nameOf(name));
    const wrapped = subject === undefined ? undefined : kept.get(subject);
    return subject === undefined || !wrapped ? undefined : { subject, wrapped };
  };
  const forget = (subject: string) => {
    kept.delete(subject);
    for (const [name, one] of firsts) if (one === subject) firsts.delete(name);
    others.delete(subject);
  };
  return {
    async find(people) {
      return people.map(({ name, also }) => {
        const found = byName(name);
        if (found) others.set(found.subject, new Set([...(others.get(found.subject) ?? []), ...also.map(nameOf)]));
        return found;
      });
    },
    async make(people, mark) {
      if (under?.mark !== mark) throw new KeyFault('the keys are under another master key');
      return people.map(({ name, subject, wrapped }) => {
        const found = byName(name);
        if (found) return found;
        kept.set(subject, wrapped);
        firsts.set(nameOf(name), subject);
        return { subject, wrapped };
      });
    },
    async get(subjects) {
      const found = new Map<string, Buffer | 'erased'>();
      for (const subject of subjects) {
        const key = kept.get(subject) ?? (erased.has(subject) ? 'erased' : undefined);
        if (key !== undefined) found.set(subject, key);
      }
      return found;
    },
    async metWith(name) {
      const first = byName(name)?.subject;
      const beside = [...others].flatMap(([subject, names]) => (names.has(nameOf(name)) ? [subject] : []));
      return [...new Set([...(first === undefined ? [] : [first]), ...beside])].map((subject) => ({
        subject,
        first: subject === first,
      }));
    },
    async erase(subject, by) {
      if (erased.has(subject)) return 'before';
      if (!kept.has(subject)) return 'unknown';
      forget(subject);
      erased.set(subject, { subject, by, at: new Date().toISOString(), recorded: false });
      return 'erased';
    },
    async giveUp(erasure) {
      forget(erasure.subject);
      if (!erased.has(erasure.subject)) erased.set(erasure.subject, { ...erasure, recorded: false });
    },
    erasures: async () => [...erased.values()],
    async recorded(subject) {
      const erasure = erased.get(subject);
      if (erasure) erased.set(subject, { ...erasure, recorded: true });
    },
    count: async () => kept.size,
    master: async () => under,
    begin: async (master) => (under ??= master),
    close: async () => undefined,
  };
}
