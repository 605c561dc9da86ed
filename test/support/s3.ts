import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a store does with requests: answers them, says nothing, or says that it cannot. */
export type Mood = 'well' | 'silent' | 'unwell';

/**
 * A bucket that speaks as much of S3 as evidence needs: signatures of version 4 in headers and addresses with their
 * expiry, signed headers, SHA-256 of what is put, and the checksum told on HEAD.
 */
export interface S3Double {
  readonly url: string;
  /** Method and path of each request, with the status that it was answered with. */
  readonly requests: readonly string[];
  readonly objects: Map<string, { readonly bytes: Buffer; readonly checksum: string | undefined }>;
  mood: Mood;
  close(): Promise<void>;
}

const REGION = 'eu-central-1';
export const CREDENTIALS = { region: REGION, accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' };

/** @param clock of the store, in milliseconds since 1970 */
export async function startS3(clock: () => number = Date.now): Promise<S3Double> {
  const requests: string[] = [];
  const objects: S3Double['objects'] = new Map();
  const server = createServer((request, response) => {
    if (double.mood === 'silent') return;
    void bytesOf(request).then((bytes) => {
      const status = double.mood === 'unwell' ? 503 : answer(request, response, bytes);
      requests.push(`${request.method} ${request.url?.split('?')[0]} ${status}`);
      response.writeHead(status).end(request.method === 'GET' ? objects.get(pathOf(request))?.bytes : undefined);
    });
  });

  function answer(request: IncomingMessage, response: ServerResponse, bytes: Buffer): number {
    if (!isSigned(request, clock())) return 403;
    const path = pathOf(request);
    const checksum = request.headers['x-amz-checksum-sha256'];
    if (request.method === 'PUT') {
      if (checksum !== createHash('sha256').update(bytes).digest('base64')) return 400;
      objects.set(path, { bytes, checksum: String(checksum) });
      return 200;
    }
    const found = objects.get(path);
    if (!found) return 404;
    const query = new URL(request.url ?? '', 'http://s3').searchParams;
    for (const name of ['content-type', 'content-disposition']) {
      const value = query.get(`response-${name}`);
      if (value) response.setHeader(name, value);
    }
    if (request.headers['x-amz-checksum-mode'] === 'ENABLED' && found.checksum)
      response.setHeader('x-amz-checksum-sha256', found.checksum);
    return 200;
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const double: S3Double = {
    url: `http://127.0.0.1:${port}`,
    requests,
    objects,
    mood: 'well',
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return double;
}

const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?')[0] ?? '';

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** Whether a request has AWS' signature, version 4, by the one login, and is in time. */
function isSigned(request: IncomingMessage, now: number): boolean {
  const { searchParams: query } = new URL(request.url ?? '', 'http://s3');
  const inHeader: Partial<Record<string, string>> = Object.fromEntries(
    [...(request.headers.authorization ?? '').matchAll(/(\w+)=([^,\s]+)/g)].map(([, name, value]) => [name, value]),
  );
  const presigned = query.has('X-Amz-Signature');
  const credential = (presigned ? query.get('X-Amz-Credential') : inHeader['Credential']) ?? '';
  const signedHeaders = (presigned ? query.get('X-Amz-SignedHeaders') : inHeader['SignedHeaders']) ?? '';
  const signature = presigned ? query.get('X-Amz-Signature') : inHeader['Signature'];
  const date = String(presigned ? query.get('X-Amz-Date') : request.headers['x-amz-date']);
  query.delete('X-Amz-Signature');

  const [login = '', day = '', ...scope] = credential.split('/');
  const canonical = [
    request.method,
    pathOf(request),
    [...query]
      .map((pair) => pair.map(encoded).join('='))
      .sort()
      .join('&'),
    ...signedHeaders.split(';').map((name: string) => `${name}:${String(request.headers[name]).trim()}`),
    '',
    signedHeaders,
    presigned ? 'UNSIGNED-PAYLOAD' : request.headers['x-amz-content-sha256'],
  ].join('\n');
  const hash = createHash('sha256').update(canonical).digest('hex');
  const text = ['AWS4-HMAC-SHA256', date, [day, ...scope].join('/'), hash].join('\n');
  const key = [day, ...scope].reduce<string | Buffer>(mac, `AWS4${CREDENTIALS.secretAccessKey}`);
  const since = (now - Date.parse(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'))) / 1_000;
  const inTime = since > -60 && since < Number(presigned ? query.get('X-Amz-Expires') : 900);
  return (
    inTime &&
    login === CREDENTIALS.accessKeyId &&
    scope.join('/') === `${REGION}/s3/aws4_request` &&
    signature === mac(key, text).toString('hex')
  );
}

const mac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
