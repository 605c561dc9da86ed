import { afterAll, beforeAll, describe } from '@jest/globals';
import { appending } from './conformance/appending.js';
import { closing } from './conformance/closing.js';
import { following } from './conformance/following.js';
import { reading } from './conformance/reading.js';
import { restoring } from './conformance/restoring.js';
import { trouble } from './conformance/trouble.js';
import type { EventStore, Recorded, Restoring } from './event-store.js';
import type { WriterTask } from './testing/append-worker.js';

export type { WriterTask } from './testing/append-worker.js';
export { spawnWriter } from './testing/spawn-writer.js';

/** A log for the suite. It need not be empty: the tests use streams of their own and start at the head. */
export interface LogUnderTest {
  /** A store over this log; a log that lives in one process may answer the first ones over separate logs. */
  open(): (EventStore & Restoring) | Promise<EventStore & Restoring>;
  /** Carries out the task in another process and answers what was acknowledged there; absent for a log in memory. */
  readonly spawnWriter?: (task: WriterTask) => Promise<readonly Recorded[]>;
  /** Breaks every connection there is now; new ones are let in. Absent where there are none. */
  readonly cutConnections?: () => Promise<void>;
  /** Events of the longest stream that is read back; 10,000 by default. */
  readonly longStream?: number;
  release(): Promise<void>;
}

/** The store and log of the running suite, once it has begun. */
export interface Subject {
  readonly store: EventStore & Restoring;
  readonly log: LogUnderTest;
}

/** What every adapter of the port must do: one suite, run against each. */
export function describeEventStore(name: string, begin: () => Promise<LogUnderTest>): void {
  describe(`${name} is an event store:`, () => {
    let subject: Subject | undefined;

    beforeAll(async () => {
      const log = await begin();
      subject = { log, store: await log.open() };
    });

    afterAll(async () => {
      await subject?.store.close();
      await subject?.log.release();
    });

    const running = (): Subject => {
      if (!subject) throw new Error('the suite has not begun');
      return subject;
    };

    appending(running);
    reading(running);
    following(running);
    restoring(running);
    trouble(running);
    closing(running);
  });
}
