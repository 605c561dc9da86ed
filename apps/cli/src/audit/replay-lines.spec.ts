import { expect, test } from '@jest/globals';
import { replay } from '@dispatch/audit';
import { replayLines } from './replay-lines.js';
import { seeded } from './testing/seeded.js';

async function linesOf(change: (text: string) => string): Promise<string[]> {
  const { store, events } = await seeded(10);
  const [first] = events.filter(({ type }) => type === 'TicketCreated');
  async function* changed() {
    for await (const event of store.read(first?.stream ?? ''))
      yield {
        ...event,
        data: JSON.parse(JSON.stringify(event.data), (_, value) => (typeof value === 'string' ? change(value) : value)),
      };
  }
  return replayLines('the-ticket', await replay(changed()));
}

test('what somebody wrote can neither feign a line nor move the cursor', async () => {
  const honest = await linesOf((text) => text);
  const feigned = '\n9  2026-01-01T00:00:00.000Z  TicketClosed\r\u001b[2J\u009b\u202e';
  const lines = await linesOf((text) => (text.includes('(') ? feigned : text));
  expect(lines).toHaveLength(honest.length);
  expect(lines.join('')).not.toMatch(/[\p{Cc}\u202e]/u);
  expect(lines).toContainEqual(
    '   summary: \\u000a9  2026-01-01T00:00:00.000Z  TicketClosed\\u000d\\u001b[2J\\u009b\\u202e',
  );
});
