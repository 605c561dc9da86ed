import { addressOf, openWay, over, type Way } from '../support/way.js';

/** A way to Postgres that can be cut, as by a crash of the client or of the network. */
export interface Line extends Way {
  /** Leads over the line to the same database. */
  readonly url: string;
}

export async function openLine(database: string): Promise<Line> {
  const way = await openWay(addressOf(database));
  return { ...way, url: over(way, database) };
}
