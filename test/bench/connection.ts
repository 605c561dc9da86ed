import { once } from 'node:events';
import { connect } from 'node:net';

/** One HTTP/1.1 connection that is kept alive, for one request at a time. */
export interface Connection {
  /** Sends a request as it stands and answers the status and the body. */
  exchange(request: string): Promise<{ readonly status: number; readonly body: string }>;
  close(): void;
}

const HEAD_END = '\r\n\r\n';

/**
 * A tenth of what a general client costs a request, so that what is measured is the server and not its client: the
 * three processes share the machine. It knows what the API sends, which is responses with a Content-Length.
 */
export async function openConnection({ hostname, port }: URL): Promise<Connection> {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  socket.setEncoding('latin1');
  await once(socket, 'connect');
  let received = '';
  let waiting: PromiseWithResolvers<{ status: number; body: string }> | undefined;

  socket.on('data', (text: string) => {
    received += text;
    const response = complete(received);
    if (!response) return;
    received = '';
    waiting?.resolve(response);
  });
  const broken = (error?: unknown) => waiting?.reject(error ?? new Error('the server closed a connection'));
  socket.on('error', broken);
  socket.on('end', broken);

  return {
    exchange(request) {
      waiting = Promise.withResolvers();
      // Ten seconds without a first request, for one.
      if (socket.readableEnded) broken();
      socket.write(request, 'latin1');
      return waiting.promise;
    },
    close: () => void socket.destroy(),
  };
}

function complete(text: string): { status: number; body: string } | undefined {
  const end = text.indexOf(HEAD_END);
  if (end === -1) return undefined;
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1];
  if (length === undefined) throw new Error('a response without Content-Length');
  const body = text.slice(end + HEAD_END.length);
  return body.length < Number(length) ? undefined : { status: Number(text.slice(9, 12)), body };
}
