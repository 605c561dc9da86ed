import type { Recorded } from '@dispatch/event-store';
import type { Fact, NamedEvent, Projection } from './projection.js';

/** A row as the runner sees it: some object whose properties are columns. Only its projection knows more. */
export type Row = object;

/** A projection with its row and event types forgotten, so that different ones can stand in one list. */
export interface ReadModel {
  readonly name: string;
  readonly version: number;
  /** `create table` of the projection. */
  readonly table: readonly string[];
  /** Everything after it: cheaper once the table is filled. */
  readonly indexes: readonly string[];
  follows(stream: string): boolean;
  /** The row after the event; null when there is none. Throws what the projection throws. */
  step(row: Row | null, recorded: Recorded): Row | null;
}

type Begin = (fact: Fact<NamedEvent>) => Row;
type Later = (row: Row, fact: Fact<NamedEvent>) => Row | null;

const NAME = /^[a-z][a-z0-9_]{0,39}$/;

export function readModel<R extends object, E extends NamedEvent>(projection: Projection<R, E>): ReadModel {
  const { name, version, sql, streams, decode } = projection;
  if (!NAME.test(name)) throw new Error(`a projection's name is snake case, up to 40 characters; not "${name}"`);
  const statements = statementsOf(sql);
  // The one place where the types are forgotten: an event's own type is what finds its function, and the rows that
  // come back from the table are those that the same functions made.
  const begins = new Map<string, Begin>(Object.entries(projection.begins));
  const when = new Map<string, Later>(Object.entries(projection.when));

  return {
    name,
    version,
    table: statements.filter((statement) => !isIndex(statement)),
    indexes: statements.filter(isIndex),
    follows: (stream) => streams.some((prefix) => stream.startsWith(prefix)),
    step(row, recorded) {
      const event = decode(recorded);
      const begin = begins.get(event.type);
      const later = when.get(event.type);
      if (row === null) return begin ? begin(factOf(recorded, event)) : null;
      if (later) return later(row, factOf(recorded, event));
      return begin ? begin(factOf(recorded, event)) : row;
    },
  };
}

function factOf(recorded: Recorded, event: NamedEvent): Fact<NamedEvent> {
  const { stream, revision, position, at, metadata } = recorded;
  return { event, stream, id: stream.slice(stream.indexOf('-') + 1), revision, position, at, metadata };
}

/** Split at a semicolon that ends a line: a projection's SQL has no function bodies. */
function statementsOf(sql: string): string[] {
  return sql
    .split(/;\s*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

function isIndex(statement: string): boolean {
  return /^create\s+(unique\s+)?index\b/i.test(statement);
}
