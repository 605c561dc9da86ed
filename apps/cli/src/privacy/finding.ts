import type { EventStore, Recorded } from '@dispatch/event-store';
import { isPersonal, isSealed, type Known, knownBy, peopleIn, subjectsIn } from '@dispatch/privacy';

/** Who is looked for. */
export interface Wanted {
  readonly subjects: ReadonlySet<string>;
  readonly known: readonly Known[];
}

/** An event that tells of somebody. */
export interface Place {
  readonly event: Recorded;
  /** The subjects among the wanted that it holds sealed. */
  readonly subjects: readonly string[];
  /** It holds the person in plain, since it was written before anything was sealed. */
  readonly plain: boolean;
}

/** Every event of the log that tells of who is wanted. Events never change, so what stands in plain stays. */
export async function* placesOf(
  store: EventStore,
  { subjects, known }: Wanted,
  signal: AbortSignal,
  onEvent: (event: Recorded) => void,
): AsyncGenerator<Place, void> {
  const names = new Set(known.map(nameOf));
  for await (const event of store.readAll({ after: 'start', signal })) {
    onEvent(event);
    const held = subjectsOf(event).filter((subject) => subjects.has(subject));
    const plain = plainPeople(event).some((name) => names.has(name));
    if (held.length > 0 || plain) yield { event, subjects: held, plain };
  }
}

const nameOf = ({ by, text }: Known): string => `${by} ${text}`;

/** The subjects that an event holds sealed. */
export function subjectsOf(event: Recorded): readonly string[] {
  return isSealed(event) ? subjectsIn(JSON.stringify(event.metadata.request ?? null)) : [];
}

/** By what the people are known that an event tells of in plain. */
function plainPeople({ metadata, stream }: Recorded): readonly string[] {
  const { tool } = metadata;
  if (typeof tool !== 'string' || !isPersonal(tool) || isSealed({ metadata })) return [];
  return peopleIn(tool, metadata.request ?? null).flatMap(({ value }) => knownBy(value, stream).map(nameOf));
}
