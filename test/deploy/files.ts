import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

export const root = join(__dirname, '../..');
export const deploy = join(root, 'deploy');

export const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The release that images are tagged with. */
export const { version } = JSON.parse(textOf('package.json')) as { version: string };

/** Paths from the top of the checkout of all that is deployed; deploy/local is what `npm start` runs. */
export const deployed = (): string[] =>
  readdirSync(deploy, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1))
    .filter((path) => !path.startsWith('deploy/local/') && !path.endsWith('/.env'))
    .sort();

/** With merge keys (`<<`) laid out. */
export const yamlOf = <File>(path: string): File => parse(textOf(path), { merge: true }) as File;

export const documentsOf = <File>(path: string): File[] =>
  parseAllDocuments(textOf(path)).map((one) => one.toJS() as File);

export interface Leaf {
  /** The keys that lead to it. */
  readonly keys: readonly string[];
  readonly value: unknown;
}

/** Every value in it that is no object or list. */
export function leaves(value: unknown, keys: readonly string[] = []): Leaf[] {
  if (typeof value !== 'object' || value === null) return [{ keys, value }];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...keys, key]));
}
