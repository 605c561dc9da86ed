import { dispositionOf, headerOf } from '../content-types.js';
import { type EvidenceStore, EvidenceStoreUnavailable, READ_SECONDS, UPLOAD_SECONDS } from '../evidence-store.js';
import { keyOf, nameOf, type ObjectKey, type Store } from '../object-key.js';

export interface S3Options extends Store {
  /** Origin of the service: buckets stand in the path of its URLs. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

const CHECKSUM = 'x-amz-checksum-sha256';

/**
 * A bucket of any store that speaks S3 and keeps SHA-256 checksums of what is put with one. The client is loaded when
 * there is such a store, since it is large.
 */
export async function openS3Store(options: S3Options): Promise<EvidenceStore> {
  const { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
  const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
  const { scheme, bucket, prefix, endpoint, region, accessKeyId, secretAccessKey, clock } = options;
  const client = new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    maxAttempts: 2,
    // The checksums are ours to say, also where the client would add others.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const named = (object: ObjectKey) => ({ Bucket: bucket, Key: prefix + keyOf(object) });
  const validity = (seconds: number) => {
    const now = new Date(clock());
    return { at: { expiresIn: seconds, signingDate: now }, expiresAt: new Date(now.getTime() + seconds * 1_000) };
  };

  return {
    place: { scheme, bucket, prefix },
    origin: new URL(endpoint).origin,

    async signUpload(object) {
      const { contentType, size } = object;
      const checksum = base64Of(object);
      const put = { ...named(object), ContentType: contentType, ContentLength: size, ChecksumSHA256: checksum };
      const { at, expiresAt } = validity(UPLOAD_SECONDS);
      const url = await getSignedUrl(client, new PutObjectCommand(put), {
        ...at,
        // In the headers, where the store checks the bytes against it; and the type, which is left out by itself.
        unhoistableHeaders: new Set([CHECKSUM]),
        signableHeaders: new Set(['content-type', 'content-length', 'host', CHECKSUM]),
      });
      return { url, headers: { 'content-type': contentType, [CHECKSUM]: checksum }, expiresAt };
    },

    async signRead(object) {
      const { at, expiresAt } = validity(READ_SECONDS);
      const get = new GetObjectCommand({
        ...named(object),
        ResponseContentType: headerOf(object.contentType),
        ResponseContentDisposition: dispositionOf(object.contentType, nameOf(object)),
      });
      return { url: await getSignedUrl(client, get, at), expiresAt };
    },

    async holds(object, abortSignal) {
      try {
        const head = new HeadObjectCommand({ ...named(object), ChecksumMode: 'ENABLED' });
        const { ChecksumSHA256: checksum } = await client.send(head, { abortSignal });
        return checksum === base64Of(object);
      } catch (error) {
        const { name, $metadata } = Object(error) as {
          readonly name?: string;
          readonly $metadata?: { httpStatusCode?: number };
        };
        if ($metadata?.httpStatusCode === 404) return false;
        const why = $metadata?.httpStatusCode ?? name ?? 'unknown';
        throw new EvidenceStoreUnavailable(`the object store does not say what it holds: ${why}`, { cause: error });
      }
    },
    close: () => client.destroy(),
  };
}

/** As S3 spells it. */
const base64Of = ({ sha256 }: ObjectKey): string => Buffer.from(sha256, 'hex').toString('base64');
