import type { Recorded } from '@dispatch/event-store';
import type { Vault } from './vault.js';

const PAGE = 500;

/** The same events with their requests as they may be shown; all else, hashes too, as it stands in the log. */
export async function* openedEvents(vault: Vault, events: AsyncIterable<Recorded>): AsyncGenerator<Recorded, void> {
  let page: Recorded[] = [];
  for await (const event of events) {
    page.push(event);
    if (page.length < PAGE) continue;
    yield* await opened(vault, page);
    page = [];
  }
  yield* await opened(vault, page);
}

async function opened(vault: Vault, events: readonly Recorded[]): Promise<readonly Recorded[]> {
  const requests = await vault.openRequests(events);
  return events.map((event, index) => {
    const request = requests[index];
    return request === undefined || request === event.metadata.request
      ? event
      : { ...event, metadata: { ...event.metadata, request } };
  });
}
