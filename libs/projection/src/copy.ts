import type { ClientBase, Connection, Submittable } from 'pg';

/**
 * Runs `copy … from stdin` with these lines, in the text format. pg itself has no such query, but lets one bring its
 * own part of the protocol.
 */
export function copyFrom(client: ClientBase, statement: string, lines: string): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(new Copy(statement, lines, resolve, reject));
  });
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

/** One byte that names a message, and its length with the four of the length itself. */
const HEADER = '\0\0\0\0\0';
const COPY_DATA = 0x64;
const COPY_DONE = 0x63;

class Copy implements Submittable {
  constructor(
    private readonly statement: string,
    private readonly lines: string,
    private readonly resolve: () => void,
    private readonly reject: (error: Error) => void,
  ) {}

  submit(connection: Connection): void {
    connection.query(this.statement);
  }

  handleCopyInResponse({ stream }: Connection): void {
    const messages = Buffer.from(`${HEADER}${this.lines}${HEADER}`);
    const end = messages.length - HEADER.length;
    messages.writeUInt8(COPY_DATA, 0);
    messages.writeUInt32BE(end - 1, 1);
    messages.writeUInt8(COPY_DONE, end);
    messages.writeUInt32BE(4, end + 1);
    stream.write(messages);
  }

  handleCommandComplete(): void {
    // What counts is that the server is ready again.
  }

  /** The server passes over what is still sent to it. */
  handleError(error: Error): void {
    this.reject(error);
  }

  handleReadyForQuery(): void {
    this.resolve();
  }
}
