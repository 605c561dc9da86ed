import { once } from 'node:events';
import { connect, createServer, type NetConnectOpts, type Socket } from 'node:net';
import { Client } from 'pg';

/** A way to a server that fails as networks do. */
export interface Way {
  /** Where it begins, on 127.0.0.1. */
  readonly port: number;
  /** Ends every connection at once. */
  cut(): void;
  /**
   * Ends every connection when the server has answered so many times more, and keeps the last answer back: what was
   * asked for is done, and whoever asked does not know.
   */
  loseAnswer(after: number): void;
  /** From now on nothing comes through, in either direction, and nobody is told; new connections get no answer. */
  silence(): void;
  /** What was under way arrives, late, and the way is as it was. */
  speak(): void;
  /**
   * The way is open again, and the connections there were are forgotten: to the server they have ended, and the
   * client is never told.
   */
  forget(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  server?: Socket;
}

export async function openWay(target: NetConnectOpts): Promise<Way> {
  const pairs = new Set<Pair>();
  const forgotten = new Set<Socket>();
  let answers = Infinity;
  let silent = false;

  const cut = (): void => {
    answers = Infinity;
    for (const { client, server } of pairs) for (const socket of [client, server]) socket?.destroy();
  };
  const join = (pair: Pair): void => {
    const { client } = pair;
    const server = connect({ ...target, noDelay: true });
    pair.server = server;
    for (const [from, to, onData] of [
      [client, server, (data: Buffer) => server.write(data)],
      [server, client, answer],
    ] as const) {
      from.on('data', onData);
      from.on('close', () => {
        pairs.delete(pair);
        if (!forgotten.has(to)) to.destroy();
      });
    }
    server.on('error', () => undefined);

    function answer(data: Buffer): void {
      if (answers === 0) return cut();
      answers -= 1;
      client.write(data);
    }
  };

  const listening = createServer((client) => {
    const pair: Pair = { client };
    pairs.add(pair);
    client.setNoDelay(true).on('error', () => undefined);
    if (silent) client.pause();
    else join(pair);
  }).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address();
  if (address === null || typeof address === 'string') throw new Error('the way has no port');

  return {
    port: address.port,
    cut,
    loseAnswer(after) {
      answers = after;
    },
    silence() {
      silent = true;
      for (const { client, server } of pairs) for (const socket of [client, server]) socket?.pause();
    },
    speak() {
      silent = false;
      for (const pair of pairs) {
        if (pair.server) for (const socket of [pair.client, pair.server]) socket.resume();
        else join(pair);
      }
    },
    forget() {
      silent = false;
      for (const { client, server } of pairs) {
        forgotten.add(client.pause());
        server?.destroy();
      }
      pairs.clear();
    },
    async close() {
      listening.close();
      cut();
      for (const socket of forgotten) socket.destroy();
      await once(listening, 'close');
    },
  };
}

/** Where a database is reached, as a way to it needs it. */
export function addressOf(database: string): NetConnectOpts {
  const { host, port } = new Client(database);
  // A folder is that of a socket.
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
}

/** The same database, reached over a way. */
export function over({ port }: Way, database: string): string {
  const url = new URL(database);
  // What stands in the query wins.
  url.searchParams.set('host', '127.0.0.1');
  url.searchParams.set('port', String(port));
  return url.href;
}
