import type { JsonObject, Recorded } from '@dispatch/event-store';
import { csvHead, csvLine } from './csv.js';
import { columns, entries } from './entries.js';
import { ocelEvent, ocelObjects, ocelTypes } from './ocel.js';
import { eventTypes } from './shared-facts.js';

export const FORMATS = ['jsonl', 'csv', 'ocel'] as const;
export type Format = (typeof FORMATS)[number];

export interface HistoryOptions {
  readonly format: Format;
  /** With what people wrote, and requests word for word; not in OCEL, which has no place for it. */
  readonly personal: boolean;
}

/** Reads the events that are to be exported, in log order; asked once or twice. */
export type Source = () => AsyncIterable<Recorded>;

/** The lines of an exported history, without their ends. */
export function historyLines(source: Source, { format, personal }: HistoryOptions): AsyncGenerator<string, void> {
  if (format === 'ocel') return ocelLines(source);
  return format === 'csv' ? csvLines(source, personal) : jsonLines(source, personal);
}

async function* jsonLines(source: Source, personal: boolean): AsyncGenerator<string, void> {
  for await (const entry of entries(source())) yield JSON.stringify(columns(entry, personal));
}

async function* csvLines(source: Source, personal: boolean): AsyncGenerator<string, void> {
  let headed = false;
  for await (const entry of entries(source())) {
    const row: JsonObject = columns(entry, personal);
    if (!headed) yield csvHead(row);
    headed = true;
    yield csvLine(Object.values(row).map((value) => (Array.isArray(value) ? value.join(' ') : value)));
  }
}

/** A line an event and an object: one JSON text in all. Events and objects are each made in a pass of their own. */
async function* ocelLines(source: Source): AsyncGenerator<string, void> {
  const { objectTypes, eventTypes: types } = ocelTypes(eventTypes);
  yield '{';
  yield `"objectTypes": ${JSON.stringify(objectTypes)},`;
  yield `"eventTypes": ${JSON.stringify(types)},`;
  yield '"events": [';
  yield* listed(eventsOf(source));
  yield '],';
  yield '"objects": [';
  yield* listed(objectsOf(source));
  yield ']';
  yield '}';
}

async function* eventsOf(source: Source) {
  for await (const entry of entries(source())) yield ocelEvent(entry);
}

async function* objectsOf(source: Source) {
  const objects = ocelObjects();
  for await (const entry of entries(source())) yield* objects.add(entry);
  yield* objects.rest();
}

async function* listed(items: AsyncIterable<object>): AsyncGenerator<string, void> {
  let last: string | undefined;
  for await (const item of items) {
    if (last !== undefined) yield `${last},`;
    last = JSON.stringify(item);
  }
  if (last !== undefined) yield last;
}
