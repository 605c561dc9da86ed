import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Subject } from '../conformance.js';
import type { NewEvent, Recorded } from '../event-store.js';
import { chainHash, contentHash, GENESIS } from '../hash.js';
import { anEvent, aStream, collect } from '../testing/events.js';

/** An event as another log has it, behind one of its stream. */
function recordedAfter(before: Recorded | undefined, stream: string, event: NewEvent): Recorded {
  const prevHash = before?.hash ?? GENESIS;
  const hash = chainHash(prevHash, contentHash(stream, event));
  return { ...event, stream, revision: before ? before.revision + 1 : 0, position: '7', prevHash, hash };
}

/** Of two streams that take turns, and then of one alone. */
function aLog(): Recorded[] {
  const tails = new Map<string, Recorded>();
  const [one, other] = [aStream(), aStream()];
  return [one, other, one, other, one, one, one].map((stream, n) => {
    const at = `2026-01-31T08:00:0${n}.007Z`;
    const event = recordedAfter(tails.get(stream), stream, anEvent({ data: { n, a: { z: 1.5, b: 'ü' } }, at }));
    tails.set(stream, event);
    return event;
  });
}

const withoutPosition = (events: readonly Recorded[]) => events.map((event) => ({ ...event, position: undefined }));

export function restoring(running: () => Subject): void {
  describe('restore', () => {
    let log: Recorded[];
    let after: string;
    beforeEach(async () => {
      log = aLog();
      after = await running().store.head();
    });
    const restore = (events: readonly Recorded[]) => running().store.restore(events);
    const inLog = async () => withoutPosition(await collect(running().store.readAll({ after })));

    test('keeps all but the position, in the order given, and adds nothing the second time', async () => {
      expect(await restore(log)).toEqual({ written: log.length });
      expect(await inLog()).toEqual(withoutPosition(log));
      expect(await restore(log)).toEqual({ written: 0 });
      expect(await inLog()).toEqual(withoutPosition(log));
    });

    test('goes on behind what is there, and appends go on behind it', async () => {
      expect(await restore(log.slice(0, 3))).toEqual({ written: 3 });
      expect(await restore(log)).toEqual({ written: log.length - 3 });
      const { stream, revision, hash } = log.at(-1) ?? recordedAfter(undefined, '', anEvent());
      const appended = await running().store.append(stream, revision, anEvent());
      expect(appended).toMatchObject({ written: { revision: revision + 1, prevHash: hash } });
      expect(await running().store.append(stream, 'any', log[0] ?? anEvent())).toMatchObject({
        duplicate: log[0] && { id: log[0].id },
      });
    });

    test('twice at once writes each event once', async () => {
      for (const restored of await Promise.all([restore(log), restore(log)]))
        expect(restored).toEqual({ written: expect.any(Number) });
      expect(await inLog()).toEqual(withoutPosition(log));
    });

    test.each<[string, (event: Recorded, before: Recorded) => Recorded]>([
      ['whose data is not what was hashed', (event) => ({ ...event, data: { n: -1 } })],
      ['whose metadata is not what was hashed', (event) => ({ ...event, metadata: { actor: 'somebody else' } })],
      ['whose time is not what was hashed', (event) => ({ ...event, at: '2026-01-31T09:00:00.000Z' })],
      ['whose hash is another', (event) => ({ ...event, hash: GENESIS })],
      [
        'that is linked to what is not before it',
        (event, before) => recordedAfter({ ...before, hash: GENESIS }, event.stream, event),
      ],
      [
        'that leaves a revision out',
        (event, before) => recordedAfter({ ...before, revision: before.revision + 1 }, event.stream, event),
      ],
      [
        'whose id another stream has',
        (event, before) => recordedAfter(before, event.stream, { ...event, id: log[1]?.id ?? '' }),
      ],
      [
        'whose place another event has',
        (event, before) => ({
          ...recordedAfter(before, event.stream, { ...event, id: randomUUID() }),
          revision: before.revision,
        }),
      ],
      ['that no log takes', (event, before) => recordedAfter(before, event.stream, { ...event, type: '' })],
    ])('an event %s is refused with its place, and neither it nor what comes after is written', async (_, spoil) => {
      const [good, before, bad] = [log.slice(0, 4), log[2], log[4]];
      if (!before || !bad) throw new Error('the log is too short');
      const spoiled = spoil(bad, before);
      const { stream, revision } = spoiled;
      const misfit = { misfit: { stream, revision, reason: expect.any(String) } };
      expect(await restore([...good, spoiled, ...log.slice(5)])).toEqual(misfit);
      expect(withoutPosition(log.slice(0, 4))).toEqual(expect.arrayContaining(await inLog()));
      expect(await restore(good)).toHaveProperty('written');
      expect(await restore([spoiled])).toEqual(misfit);
      expect(await restore(log)).toEqual({ written: 3 });
    });
  });
}
