import {
  dispositionOf,
  EvidenceStoreUnavailable,
  type FolderStore,
  headerOf,
  nameOf,
  OBJECTS_PATH,
  type ObjectKey,
  parseObjectName,
  READ_SECONDS,
  type Received,
} from '@dispatch/evidence';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from '../api-error.js';
import type { ErrorFilter } from '../error.filter.js';
import type { DispatchRequest } from '../request.js';

/**
 * What a browser is to make of an object, whatever stands in it: nothing but what its type says, and no page of ours.
 */
const HEADERS = {
  'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
  // No longer than the address is good for.
  'cache-control': `private, max-age=${READ_SECONDS}`,
};

const MISMATCHES: Readonly<Record<Exclude<Received, 'kept'>, string>> = {
  'too large': 'The body is larger than what was promised',
  'too small': 'The body is smaller than what was promised',
  'other content': 'The body has another SHA-256 than what was promised',
};

/**
 * Takes and gives the objects of the service's own store, to whoever has a signed address: a stream from or to the
 * disk, beside the JSON of all other routes and its limits.
 */
export async function serveObjects(
  server: FastifyInstance,
  store: FolderStore,
  errors: Pick<ErrorFilter, 'answer'>,
): Promise<void> {
  const path = `${OBJECTS_PATH}/:id/:name`;
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // Left where it is: the handler reads it once it knows who sends.
    scope.addContentTypeParser('*', (_request, _body, done) => done(null));
    scope.setErrorHandler((error, request, reply) => errors.answer(error, request as DispatchRequest, reply));

    scope.put(path, async (request, reply) => {
      const object = objectIn(request);
      const size = numberIn(request, 'size');
      admit(store, request, { method: 'PUT', object, size });
      const length = request.headers['content-length'];
      if (length !== undefined && Number(length) !== size)
        throw mismatch(Number(length) > size ? 'too large' : 'too small');
      if (request.headers['content-type']?.toLowerCase() !== object.contentType)
        throw new ApiError('UPLOAD_MISMATCH', `The header Content-Type must be ${object.contentType}`);
      const received = await store
        .receive({ ...object, size }, bytesOf(request))
        .catch((error: unknown) => {
          if (error instanceof EvidenceStoreUnavailable || request.raw.complete) throw error;
          // Whoever sent it is gone, and hears no answer.
          return 'too small' as const;
        })
        .finally(() => leave(request, reply));
      if (received !== 'kept') throw mismatch(received);
      return reply.status(204).send();
    });

    scope.get(path, { exposeHeadRoute: false }, async (request, reply) => {
      const object = objectIn(request);
      admit(store, request, { method: 'GET', object, size: 0 });
      const found = await store.open(object);
      if (!found) throw new ApiError('EVIDENCE_NOT_STORED', 'The object has not been uploaded');
      return reply
        .headers({
          ...HEADERS,
          'content-type': headerOf(object.contentType),
          'content-length': found.size,
          'content-disposition': dispositionOf(object.contentType, nameOf(object)),
        })
        .send(found.file.createReadStream());
    });
  });
}

/** Of a request that is read half way only: destroyed, it would take its connection, and the answer, with it. */
const bytesOf = ({ raw }: FastifyRequest) => raw.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;

/** The rest of a body is read and forgotten where it has an end, so that its sender comes to hear the answer. */
function leave(request: FastifyRequest, reply: FastifyReply): void {
  if (request.raw.complete) return;
  if (request.headers['content-length'] === undefined) reply.header('connection', 'close');
  else request.raw.resume();
}

function mismatch(how: Exclude<Received, 'kept'>): ApiError {
  // The rest of the body is not read.
  const headers = how === 'too large' ? { connection: 'close' } : undefined;
  return new ApiError(how === 'too large' ? 'PAYLOAD_TOO_LARGE' : 'UPLOAD_MISMATCH', MISMATCHES[how], {}, { headers });
}

function objectIn({ params }: FastifyRequest): ObjectKey {
  const { id = '', name = '' } = params as Record<string, string>;
  const object = parseObjectName(`${id}/${name}`);
  if (!object) throw notSigned();
  return object;
}

/** One answer to all that is not a signed address: what of it is wrong is nobody's business. */
const notSigned = () =>
  new ApiError(
    'ADDRESS_NOT_SIGNED',
    'The address is not one that was signed, or it has expired',
    {},
    { headers: { connection: 'close' } },
  );

function admit(
  store: FolderStore,
  request: FastifyRequest,
  what: { readonly method: 'PUT' | 'GET'; readonly object: ObjectKey; readonly size: number },
): void {
  const { signature } = request.query as Record<string, unknown>;
  const address = { ...what, expires: numberIn(request, 'expires') };
  if (typeof signature !== 'string' || !store.admits(address, signature)) throw notSigned();
}

function numberIn({ query }: FastifyRequest, name: string): number {
  const text = (query as Record<string, unknown>)[name];
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text)) throw notSigned();
  return Number(text);
}
