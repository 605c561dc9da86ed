import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** A fenced block of a page. */
export interface Block {
  /** What stands after the fence: `sh drill` is run by the drill, `sh drill-start` is left running by it. */
  readonly info: string;
  readonly text: string;
}

const FENCED = /^( *)```([^\n`]*)\n(.*?)^\1```$/gms;

/** The fenced blocks of a page of the repository, each without the indent of the list that it stands in. */
export function blocksOf(path: string): readonly Block[] {
  const page = readFileSync(join(ROOT, path), 'utf8');
  return [...page.matchAll(FENCED)].map(([, indent = '', info = '', text = '']) => ({
    info: info.trim(),
    text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

/** A block with its `<placeholders>` filled in. @throws for one that is not known */
export function filled({ text }: Block, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/<([a-z ]+)>/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the runbook asks for <${name}>, which the drill does not know`);
    return value;
  });
}
