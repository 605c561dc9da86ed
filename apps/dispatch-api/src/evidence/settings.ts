import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigFault, type Environment, readFlag } from '@dispatch/access';
import { type EvidenceStore, openFolderStore, openS3Store, type S3Options } from '@dispatch/evidence';
import { given, givenWhole } from '@dispatch/process';

/** Where evidence is kept, if anywhere, and how much of it one upload may be. */
export interface EvidenceSettings {
  readonly place: { readonly folder: string } | Omit<S3Options, 'scheme' | 'clock'> | undefined;
  /** The scheme of the references that the store gives out. */
  readonly scheme: string;
  /** Whether a reference to any other place is refused at closeout. */
  readonly strict: boolean;
  /** Bytes of one object at most. */
  readonly maxBytes: number;
}

const URL_NAME = 'DISPATCH_OBJECT_STORE_URL';
const MEBIBYTE = 1024 * 1024;

/**
 * `ownFolder`: the data folder, where the service may keep objects itself when no store is named. Undefined for a
 * process that is one of several: what it keeps, the others would not have.
 */
export function readEvidenceSettings(
  env: Environment,
  schemes: readonly string[],
  ownFolder: string | undefined,
): EvidenceSettings {
  const place = readPlace(env, ownFolder);
  const strict = readFlag(env, 'DISPATCH_OBJECT_STORE_STRICT') ?? false;
  if (strict && !place) throw new ConfigFault('DISPATCH_OBJECT_STORE_STRICT', `has no meaning without ${URL_NAME}`);
  const maxBytes = givenWhole(env, 'DISPATCH_UPLOAD_MAX_BYTES', {
    usual: 25 * MEBIBYTE,
    least: 1_024,
    most: 1_024 * MEBIBYTE,
  });
  return { place, scheme: schemes.includes('s3') ? 's3' : (schemes[0] ?? 's3'), strict, maxBytes };
}

/**
 * The store of the settings, opened; undefined when none is configured.
 * @throws ConfigFault when the folder cannot be written, or its key is not the service's own
 */
export async function openEvidence(
  { place, scheme }: EvidenceSettings,
  clock: () => number,
): Promise<EvidenceStore | undefined> {
  if (!place) return undefined;
  if (!('folder' in place)) return openS3Store({ ...place, scheme, clock });
  return openFolderStore({ dir: place.folder, scheme, clock }).catch((error: Error) => {
    throw new ConfigFault(URL_NAME, `or DISPATCH_DATA_DIR has no folder for evidence: ${error.message}`);
  });
}

function readPlace(env: Environment, ownFolder: string | undefined): EvidenceSettings['place'] {
  const text = given(env, URL_NAME);
  const url = text === undefined ? undefined : URL.parse(text);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return readBucket(env, url);
  for (const name of ['REGION', 'ACCESS_KEY_ID', 'SECRET_ACCESS_KEY'].map((end) => `DISPATCH_OBJECT_STORE_${end}`))
    if (given(env, name) !== undefined) throw new ConfigFault(name, `has no meaning unless ${URL_NAME} names a bucket`);
  if (text === undefined) return ownFolder === undefined ? undefined : { folder: join(ownFolder, 'evidence') };
  if (url?.protocol === 'file:' && url.hostname === '' && url.pathname !== '/' && url.search + url.hash === '')
    return { folder: fileURLToPath(url) };
  throw bad();
}

/** `https://<host>/<bucket>`, or with a prefix of its keys after the bucket. */
function readBucket(env: Environment, url: URL): Omit<S3Options, 'scheme' | 'clock'> {
  const [bucket = '', ...more] = url.pathname.slice(1).replace(/\/$/, '').split('/');
  const named = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) && more.every((part) => /^[\w.-]+$/.test(part));
  if (!named || url.username + url.password + url.search + url.hash !== '') throw bad();
  return {
    endpoint: url.origin,
    bucket,
    prefix: more.map((part) => `${part}/`).join(''),
    region: given(env, 'DISPATCH_OBJECT_STORE_REGION') ?? 'us-east-1',
    accessKeyId: needed(env, 'DISPATCH_OBJECT_STORE_ACCESS_KEY_ID'),
    secretAccessKey: needed(env, 'DISPATCH_OBJECT_STORE_SECRET_ACCESS_KEY'),
  };
}

const bad = () =>
  new ConfigFault(
    URL_NAME,
    'must be https://<host>/<bucket>, with a prefix after it if wanted, or file:///<folder>; credentials stand apart',
  );

function needed(env: Environment, name: string): string {
  const text = given(env, name);
  if (text === undefined) throw new ConfigFault(name, `is needed with ${URL_NAME}`);
  return text;
}
