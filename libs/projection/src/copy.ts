import { once } from 'node:events';
import type { ClientBase } from 'pg';
import { from } from 'pg-copy-streams';

/** Runs `copy … from stdin` with these lines, in the text format and UTF-8. */
export async function copyFrom(client: ClientBase, statement: string, lines: Buffer): Promise<void> {
  // Finished once the server is ready again; what it refuses is the stream's error.
  await once(client.query(from(statement)).end(lines), 'finish');
}

/** What stands in a line for null. */
export const NULL = '\\N';

/** A value as it stands in a line: of the text format's special characters none is left. */
export function copied(text: string): string {
  return SPECIAL.test(text) ? text.replaceAll(EACH_SPECIAL, (character) => ESCAPED[character] ?? character) : text;
}

const SPECIAL = /[\\\n\r\t]/;
const EACH_SPECIAL = /[\\\n\r\t]/g;
const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
