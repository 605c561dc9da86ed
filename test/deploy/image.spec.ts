import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type Copy, DockerfileParser, type From } from 'dockerfile-ast';
import { serviceFlags } from '../../deploy/local/child.mjs';
import { root, textOf } from './files.js';

const dockerfile = DockerfileParser.parse(textOf('deploy/Dockerfile'));
const instructions = dockerfile.getInstructions();
const named = (keyword: string) => instructions.filter((one) => one.getKeyword() === keyword);
const copies = named('COPY') as Copy[];
const flagOf = (copy: Copy) =>
  copy
    .getFlags()
    .find((flag) => flag.getName() === 'from')
    ?.getValue();
/** All but the last argument, which is where it goes. */
const sourcesOf = (copy: Copy) =>
  copy
    .getArguments()
    .map((argument) => argument.getValue())
    .slice(0, -1);
const stages = instructions.flatMap((one, index) => (one.getKeyword() === 'FROM' ? [index] : []));
const lastStage = instructions.slice(stages.at(-1));
const inJson = (text: string | undefined): string[] => JSON.parse(text ?? '[]') as string[];

test('every stage begins with the Node that package.json asks for, to the patch', () => {
  const images = (named('FROM') as From[]).map((from) => from.getImage());

  expect(new Set(images).size).toBe(1);
  expect(images[0]).toMatch(/^node:24\.\d+\.\d+-bookworm-slim$/);
});

test('it does not run as root', () => {
  const users = lastStage.filter((one) => one.getKeyword() === 'USER').map((one) => one.getArgumentsContent());

  expect(users).toEqual(['1000:1000']);
});

test('what is copied is there, and is sent to the builder', () => {
  const allowed = textOf('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  const sources = copies.filter((copy) => flagOf(copy) === undefined).flatMap(sourcesOf);

  expect(sources.length).toBeGreaterThan(8);
  expect(sources.filter((source) => !existsSync(join(root, source)))).toEqual([]);
  expect(sources.filter((source) => !allowed.includes(source))).toEqual([]);
});

test('what is taken from another stage comes from one that is there', () => {
  const names = (named('FROM') as From[]).map((from) => from.getBuildStage());
  const taken = copies.flatMap((copy) => flagOf(copy) ?? []);

  expect(taken).toEqual(['packages', 'build']);
  expect(names).toEqual(expect.arrayContaining(taken));
});

test('it holds all that a process looks for beside its code, and no package of development', () => {
  const last = copies.filter((copy) => lastStage.includes(copy)).flatMap(sourcesOf);
  const installs = named('RUN').map((run) => run.getArgumentsContent() ?? '');

  expect(last).toEqual(expect.arrayContaining(['package.json', 'policy', '/dispatch/node_modules', '/dispatch/dist']));
  expect(installs[0]).toContain('--omit=dev --omit=optional');
});

test('Node is started without a shell between, so that signals reach it, on a script that is built', () => {
  const [command] = named('CMD').map((one) => inJson(one.getArgumentsContent() ?? undefined));

  const scripts = (command ?? []).filter((word) => /dist\//.test(word));
  const sources = scripts.map((script) => script.replace(/^(\.\/)?dist\//, '').replace(/\.js$/, '.ts'));
  expect(command).toEqual(['node', ...serviceFlags('api'), '--import', scripts[0], scripts[1]]);
  expect(sources.map((source) => existsSync(join(root, source)))).toEqual([true, true]);
});

test('its health is asked by a script that it holds', () => {
  const health = named('HEALTHCHECK')[0]?.getArgumentsContent() ?? '';
  const [program, script] = inJson(/\[.*\]/.exec(health)?.[0]);

  expect(program).toBe('node');
  expect(copies.flatMap(sourcesOf)).toContain(script);
});

test('its health check asks the port that the process was given, and ends with 0 or 1', async () => {
  const server = createServer(({ url }, response) => response.writeHead(url === '/health' ? 200 : 503).end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const asked = async (...path: string[]) => {
    const script = join(root, 'deploy/docker/healthcheck.mjs');
    const child = spawn(process.execPath, [script, ...path], { env: { DISPATCH_API_PORT: String(port) } });
    const [code] = (await once(child, 'exit')) as [number];
    return code;
  };

  expect(await Promise.all([asked(), asked('/ready')])).toEqual([0, 1]);
  server.close();
  await once(server, 'close');
  expect(await asked()).toBe(1);
});

test('it listens where it says, and on every address', () => {
  const env = named('ENV')
    .map((one) => one.getRawArgumentsContent())
    .join(' ');

  expect(env).toContain('DISPATCH_API_HOST=0.0.0.0');
  expect(env).toContain(`DISPATCH_API_PORT=${named('EXPOSE')[0]?.getArgumentsContent()}`);
  expect(env).toContain('NODE_ENV=production');
});
