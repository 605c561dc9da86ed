import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ALERTS } from '../../apps/dispatch-api/src/ops/signals.js';
import { run } from '../../apps/cli/src/program.js';
import { blocksOf, ROOT } from '../drill/runbook.js';
import { actor, type Api, at, startApi } from '../support/api.js';

const FOLDER = 'docs/runbooks';
const PAGES = readdirSync(join(ROOT, FOLDER)).map((name) => `${FOLDER}/${name}`);
const INDEX = `${FOLDER}/README.md`;
const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

let api: Api;
let paths: readonly RegExp[];
beforeAll(async () => {
  api = await startApi();
  const { json } = await api.call({ method: 'GET', path: '/openapi.json', headers: actor('admin') });
  paths = Object.keys(Object(at(json, 'paths'))).map((path) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`));
});
afterAll(() => api.close());

test('every alert has its runbook, with what the drill can run in it', () => {
  for (const { runbook } of ALERTS) {
    expect(PAGES).toContain(runbook);
    expect(blocksOf(runbook).filter(({ info }) => info === 'sh drill')).not.toEqual([]);
  }
});

test('the index names every page', () => {
  const named = [...textOf(INDEX).matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name]) => `${FOLDER}/${name}`);
  expect([...new Set(named), INDEX].sort()).toEqual([...PAGES].sort());
});

test.each(PAGES.filter((page) => page !== INDEX))('%s says how it shows, is confirmed, is mended and ends', (page) => {
  const headings = [...textOf(page).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual([
    'How it shows',
    'How to confirm',
    'What to do',
    expect.stringMatching(/^How to know (that )?it is over$/),
  ]);
});

test.each(PAGES)('every page that %s links to is there', (page) => {
  const links = [...textOf(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = '']) => link);
  expect(links.filter((link) => !existsSync(join(ROOT, dirname(page), link)))).toEqual([]);
});

test.each(PAGES)('every command in %s is one of this release', async (page) => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
  const said = commandsOf(page);
  const unknown = said.scripts.filter((name) => !(name in scripts));
  for (const line of said.dispatch) if (!(await isKnown(line))) unknown.push(`dispatch ${line}`);
  for (const path of said.paths) if (!paths.some((known) => known.test(path))) unknown.push(path);
  expect(unknown).toEqual([]);
});

/** What a page tells people to type, in blocks and in the text. */
function commandsOf(page: string) {
  const inline = [...textOf(page).matchAll(/(?<!`)`([^`\n]+)`/g)].map(([, text = '']) => text);
  const typed = [...blocksOf(page).map(({ text }) => text), ...inline].join('\n').replaceAll('\\\n', ' ');
  const all = (pattern: RegExp) => [...typed.matchAll(pattern)].map(([, found = '']) => found.trim());
  return {
    scripts: [...all(/\bnpm run (?:-s )?([\w-]+)/g), ...all(/\bnpm (start|test)\b/g)],
    dispatch: all(/\bnpm run dispatch -- ([^\n|;&#]+)/g),
    paths: all(/localhost:8080(\/[^\s'"?]*)/g),
  };
}

/** Whether the program has this subcommand, and it each of these options: its own help says so. */
async function isKnown(line: string): Promise<boolean> {
  const words = line.split(/\s+/);
  const options = words.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0] ?? '');
  const first = words.findIndex((word) => !/^[a-z-]+$/.test(word) || word.startsWith('--'));
  const names = (first < 0 ? words : words.slice(0, first)).slice(
    0,
    words[0] === 'projections' || words[0] === 'log' ? 2 : 1,
  );
  const lines: string[] = [];
  const print = (text: string) => void lines.push(text);
  const printer = { line: print, note: print, progress: () => undefined };
  await run([...names, '--help'], { env: {}, printer, signal: new AbortController().signal });
  const help = lines.join('\n');
  return (
    help.startsWith(`Usage: dispatch ${names.join(' ')}`) &&
    options.every((option) => help.split(/[\s,]+/).includes(option))
  );
}
