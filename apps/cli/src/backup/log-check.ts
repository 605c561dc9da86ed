import { createHash } from 'node:crypto';
import { chainHash, contentHash, type Recorded } from '@dispatch/event-store';
import { Failure } from '../failure.js';

/** What a log comes to as a whole. */
export interface Tally {
  readonly events: number;
  /** Of the last event; empty when there is none. */
  readonly head: string;
  readonly lastEventAt: string;
  /** Hex SHA-256 over the hashes of all events in log order: it holds every event and the order of all. */
  readonly digest: string;
}

/** Hands on events of a Postgres log in order, and knows afterwards what they come to. */
export interface Checked {
  readonly events: AsyncIterable<Recorded>;
  tally(): Tally;
}

/**
 * Looks at each event as it passes: positions without a gap from 1, and a hash that is the one of its content and of
 * what it names as the hash before. In memory that does not grow: that the hash before is the one of the event before
 * is proved where a log takes events over, which has every stream's tail at hand (Restoring).
 * @throws Failure that names the first event that is not sound.
 */
export function checked(events: AsyncIterable<unknown>, where: string): Checked {
  const digest = createHash('sha256');
  let [count, head, lastEventAt] = [0, '', ''];
  return {
    events: (async function* () {
      for await (const event of events) {
        count += 1;
        demandSound(event, String(count), where);
        digest.update(event.hash, 'hex');
        [head, lastEventAt] = [event.position, event.at];
        yield event;
      }
    })(),
    tally: () => ({ events: count, head, lastEventAt, digest: digest.copy().digest('hex') }),
  };
}

function demandSound(event: unknown, expected: string, where: string): asserts event is Recorded {
  const fault = (what: string) => new Failure(`${where}: position ${expected}: ${what}`);
  if (!isRecorded(event)) throw fault('is no event');
  const { position, stream, revision, prevHash, hash } = event;
  if (position !== expected) throw fault(`is missing, the next event is at position ${position}`);
  if (hash !== chainHash(prevHash, contentHash(stream, event)))
    throw fault(`${stream} revision ${revision} is not what its hash says`);
}

const HASH = /^[0-9a-f]{64}$/;

/** As far as the hash, which covers the rest, does not tell it. */
function isRecorded(value: unknown): value is Recorded {
  if (typeof value !== 'object' || value === null) return false;
  const { position, stream, revision, prevHash, hash, data, metadata } = value as Partial<Record<string, unknown>>;
  return (
    typeof position === 'string' &&
    typeof stream === 'string' &&
    Number.isSafeInteger(revision) &&
    [prevHash, hash].every((one) => typeof one === 'string' && HASH.test(one)) &&
    [data, metadata].every((one) => typeof one === 'object' && one !== null)
  );
}

/** @throws Failure that says in what two logs differ. */
export function demandEqual(found: Tally, expected: Tally, where: string): void {
  for (const name of ['events', 'head', 'lastEventAt', 'digest'] as const)
    if (found[name] !== expected[name])
      throw new Failure(`${where}: ${name} is ${found[name]}, the manifest says ${expected[name]}`);
}
