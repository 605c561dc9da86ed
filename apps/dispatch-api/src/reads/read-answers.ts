import { comparePositions, type Position } from '@dispatch/event-store';
import type { ReadModels } from '@dispatch/projection';
import { InvalidCursor, type Queryable } from '@dispatch/projections';
import { DatabaseError } from 'pg';
import { ApiError } from '../api-error.js';
import { invalid } from '../query.js';
import { reachable } from './reachable.js';

export interface ReadParts {
  readonly db: Queryable;
  readonly models: Pick<ReadModels, 'positionOf' | 'waitFor'>;
  readonly waitMs: number;
  /** How far the answers of this node went: what a client without a position of its own has seen at most. */
  readonly lastWritten: () => Position | 'start';
}

/** What a query found, and whether some of it is known to be behind. */
export interface Found<Body> {
  readonly body: Body;
  readonly stale: boolean;
}

export interface ReadAnswer<Body> {
  readonly body: Body;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Asked<Body> {
  /** The read models that the query reads, by name. */
  readonly models: readonly string[];
  /** Must be reflected, or there is no answer; undefined: what this node wrote should be. */
  readonly atLeast: Position | 'start' | undefined;
  /** Where the page begins, as the client says. */
  readonly cursor?: string | undefined;
  readonly query: (db: Queryable) => Promise<Found<Body>>;
}

export type AnswerRead = <Body>(asked: Asked<Body>) => Promise<ReadAnswer<Body>>;

/**
 * Answers from read models, with the position that the answer reflects at least: taken before the query is sent, so
 * that it never claims too much. See docs/decisions/0006-what-a-read-reflects.md.
 */
export function readAnswers({ db, models, waitMs, lastWritten }: ReadParts): AnswerRead {
  const guarded: Queryable = { query: (text, values) => reachable(db.query(text, values)) };

  async function reflected(names: readonly string[]): Promise<Position | 'start' | undefined> {
    const positions = await reachable(Promise.all(names.map((name) => models.positionOf(name))));
    return positions.reduce((least, one) =>
      least === undefined || one === undefined ? undefined : comparePositions(one, least) < 0 ? one : least,
    );
  }

  return async ({ models: names, atLeast, cursor, query }) => {
    const wanted = atLeast ?? lastWritten();
    if (wanted !== 'start') await reachable(models.waitFor(names, wanted, waitMs));
    const position = await reflected(names);
    // Without a table there is nothing to answer from, whoever asks.
    if (position === undefined) throw behind({ min_position: shown(wanted) });
    const reached = comparePositions(position, wanted) >= 0;
    if (!reached && atLeast !== undefined) throw behind({ min_position: shown(wanted), position: shown(position) });
    const { body, stale } = await query(guarded).catch((error: unknown) => explain(error, cursor));
    return {
      body,
      headers: {
        'dispatch-position': shown(position),
        ...((stale || !reached) && { 'dispatch-stale': 'true' }),
      },
    };
  };
}

/** The read models have not come as far as the answer must. */
export function behind(details: { readonly min_position?: string; readonly position?: string } = {}): ApiError {
  const message = 'The read models have not come as far as the answer must';
  return new ApiError('READ_MODEL_BEHIND', message, details, { headers: { 'retry-after': '1' } });
}

/** A position as headers and details show it. */
const shown = (position: Position | 'start'): string => (position === 'start' ? '0' : position);

const UNKNOWN_COLUMN = '42703';

/** A cursor is taken apart by the query alone: one that was not made here may hold what no column does. */
function explain(error: unknown, cursor: string | undefined): never {
  const unfit = error instanceof DatabaseError && /^22/.test(error.code ?? '') && cursor !== undefined;
  // The table is of another version than this release: it is being rebuilt.
  if (error instanceof DatabaseError && error.code === UNKNOWN_COLUMN) throw behind();
  if (unfit || error instanceof InvalidCursor) throw invalid('cursor', 'is not a cursor of this list');
  throw error;
}
