import type { Json, JsonObject } from '@dispatch/event-store';

/** A line of CSV (RFC 4180) without its end: texts as they are, nothing for null, everything else as JSON. */
export const csvLine = (cells: readonly Json[]): string => cells.map(cell).join(',');

export const csvHead = (columns: JsonObject): string => csvLine(Object.keys(columns));

function cell(value: Json): string {
  const text = typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
