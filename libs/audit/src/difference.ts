import type { RecordedText } from '@dispatch/event-store';

/** What an event was held against when it was found wanting. */
export type Check =
  /** Its place in the log: positions without gaps, and the head where the log ends. */
  | 'position'
  /** Unique, and for commands the one that follows from actor, endpoint and key. */
  | 'id'
  /** Counted up by one in its stream. */
  | 'revision'
  /** The hash of what it says, and the one before it. */
  | 'hash'
  /** Not before the event before it in its stream, and as the request gave it. */
  | 'time'
  /** The policy that it names was recorded before it, and is what it says it is. */
  | 'policy'
  /** Metadata as a command leaves them, and the hash of what was asked. */
  | 'request'
  /** The command, decided again, gives this event. */
  | 'decision'
  /** A security stream holds refused attempts of its day, and nothing else. */
  | 'denial'
  /** A read model holds what the log says. */
  | 'read model';

/** Something that is not as it must be, and exactly where. */
export interface Difference {
  readonly check: Check;
  /** What differs, in words. */
  readonly what: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: string;
  readonly eventId: string;
}

/** What is wrong with one event, before it is said where. */
export type Fault = Pick<Difference, 'check' | 'what'>;

export const at = ({ stream, revision, position, id }: RecordedText, { check, what }: Fault): Difference => ({
  check,
  what,
  stream,
  revision,
  position,
  eventId: id,
});

export const fault = (check: Check, what: string): Fault => ({ check, what });
