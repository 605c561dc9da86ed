import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Failure } from '../failure.js';
import { IN_A_BACKUP, type Kind } from './contents.js';

/** What a backup says of itself, in its file manifest.json. It is written last: without it there is no backup. */
export interface Manifest {
  readonly format: 'dispatch-backup';
  /** Of the format: a release reads those up to its own. */
  readonly version: 1;
  /** Of Dispatch that made it. */
  readonly release: string;
  /** RFC 3339 UTC with milliseconds. */
  readonly createdAt: string;
  readonly log: {
    readonly events: number;
    /** Position of the last event. */
    readonly head: string;
    /** See logDigest. */
    readonly digest: string;
    /** When the last event happened: all that came later is not in this backup. */
    readonly lastEventAt: string;
  };
  readonly acts: { readonly count: number };
  readonly files: readonly Part[];
}

/** A file of lines, each a JSON object, gzipped. */
export interface Part {
  readonly name: string;
  readonly kind: Kind;
  readonly lines: number;
  readonly bytes: number;
  /** Hex SHA-256 of the file. */
  readonly sha256: string;
}

export const MANIFEST = 'manifest.json';
/** As sha256sum writes it, so that a machine without Dispatch can look. */
export const MANIFEST_SUM = 'manifest.sha256';

/** Both files of the manifest, by name. */
export function manifestFiles(manifest: Manifest): Readonly<Record<string, string>> {
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
  return { [MANIFEST_SUM]: sumOf(text), [MANIFEST]: text };
}

/** @throws Failure when there is none, or it is not as it was written. */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await read(folder, MANIFEST);
  if (sumOf(text) !== (await read(folder, MANIFEST_SUM)))
    throw new Failure(`${join(folder, MANIFEST)} is damaged: its checksum differs`);
  const content: unknown = JSON.parse(text);
  if (isManifest(content)) return content;
  const [fault] = isManifest.errors ?? [];
  throw new Failure(
    `${join(folder, MANIFEST)} is none that this release reads: ${fault?.instancePath} ${fault?.message}`,
  );
}

const sumOf = (text: string): string => `${hash('sha256', text)}  ${MANIFEST}\n`;

function read(folder: string, name: string): Promise<string> {
  return readFile(join(folder, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    throw new Failure(`${folder} holds no backup: ${name} is missing`);
  });
}

const count = { type: 'integer', minimum: 0 };
const text = { type: 'string', minLength: 1 };
const sha256 = { type: 'string', pattern: '^[0-9a-f]{64}$' };

const isManifest = new Ajv2020({ strict: true }).compile<Manifest>({
  ...object({
    format: { const: 'dispatch-backup' },
    version: { const: 1 },
    release: text,
    createdAt: text,
    log: object({
      events: { type: 'integer', minimum: 1 },
      head: { type: 'string', pattern: '^[1-9][0-9]*$' },
      digest: sha256,
      lastEventAt: text,
    }),
    acts: object({ count }),
    files: {
      type: 'array',
      // A plain name: nothing outside of the folder is opened.
      items: object({
        name: { type: 'string', pattern: '^[a-z0-9-]+\\.ndjson\\.gz$' },
        kind: { enum: Object.keys(IN_A_BACKUP) },
        lines: count,
        bytes: count,
        sha256,
      }),
    },
  }),
});

function object(properties: Record<string, object>) {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}
