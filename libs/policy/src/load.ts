import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FILES } from './content.js';
import { PolicyFault } from './fault.js';
import { readJson } from './json-text.js';
import { type Policy, policyFrom } from './policy.js';
import { type ShapeCheck, schemaOf, shapeCheck } from './schema.js';

/**
 * The policy in a folder: each of its files held against the schema beside it, then against the others. Throws
 * {@link PolicyFault} for the first that is wrong.
 */
export async function loadPolicy(dir: string): Promise<Policy> {
  const check = shapeCheck();
  const files: Record<string, unknown> = {};
  // One after the other: of several faults, always the same is named.
  for (const name of FILES) files[name] = await checkedContent(dir, `${name}.json`, check);
  return policyFrom(files);
}

/** A file of the folder, held against the schema beside it. */
export async function checkedContent(dir: string, file: string, check: ShapeCheck): Promise<unknown> {
  const content = await contentOf(dir, file);
  check(file, content, await contentOf(dir, schemaOf(file)));
  return content;
}

async function contentOf(dir: string, file: string): Promise<unknown> {
  const text = await readFile(join(dir, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new PolicyFault(
      file,
      '',
      error.code === 'ENOENT' ? `is missing in ${dir}` : `cannot be read: ${error.message}`,
    );
  });
  return readJson(file, text);
}
