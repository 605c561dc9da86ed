import type { EventStore, Link } from './event-store.js';

export const LINKS = 1_000;

/** The links of a log that gives them only with whole events. */
export function linksBy(readAll: EventStore['readAll']): EventStore['links'] {
  return async function* (options) {
    let page: Link[] = [];
    for await (const { position, stream, revision, hash } of readAll(options)) {
      page.push({ position, stream, revision, hash });
      if (page.length < LINKS) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  };
}
