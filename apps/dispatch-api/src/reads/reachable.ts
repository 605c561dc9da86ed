import { isPostgresAway } from '@dispatch/event-store';

/** The database of the read models cannot be used now: the same read may well succeed later. */
export class ReadModelsUnavailable extends Error {
  override readonly name = 'ReadModelsUnavailable';
}

/** The promise's value; what only says that the database cannot be used now is thrown as such. */
export async function reachable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    if (!isPostgresAway(cause)) throw cause;
    throw new ReadModelsUnavailable(cause.message || 'no connection to Postgres', { cause });
  }
}
