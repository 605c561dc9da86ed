import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Client } from 'pg';

/** A way to Postgres that can be cut, as by a crash of the client or of the network. */
export interface Line {
  /** Leads over the line to the same database. */
  readonly url: string;
  /** Ends every connection at once. */
  cut(): void;
  /**
   * Ends every connection when the server has answered so many times more, and keeps the last answer back: what was
   * asked for is done, and whoever asked does not know.
   */
  loseAnswer(after: number): void;
  close(): Promise<void>;
}

export async function openLine(database: string): Promise<Line> {
  const { host, port } = new Client(database);
  // A folder is that of a socket.
  const server = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
  const open = new Set<Socket>();
  let answers = Infinity;

  const cut = (): void => {
    answers = Infinity;
    for (const socket of open) socket.destroy();
  };
  const forward = (from: Socket, to: Socket, onData: (data: Buffer) => void): void => {
    open.add(from);
    from.on('data', onData);
    from.on('error', () => undefined);
    from.on('close', () => {
      open.delete(from);
      to.destroy();
    });
  };
  const listening = createServer((client) => {
    const postgres = connect({ ...server, noDelay: true });
    client.setNoDelay(true);
    forward(client, postgres, (data) => postgres.write(data));
    forward(postgres, client, (data) => {
      if (answers === 0) cut();
      else {
        answers -= 1;
        client.write(data);
      }
    });
  }).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address();
  if (address === null || typeof address === 'string') throw new Error('the line has no port');
  const way = new URL(database);
  // What stands in the query wins.
  way.searchParams.set('host', '127.0.0.1');
  way.searchParams.set('port', String(address.port));

  return {
    url: way.href,
    cut,
    loseAnswer(after) {
      answers = after;
    },
    async close() {
      listening.close();
      cut();
      await once(listening, 'close');
    },
  };
}
