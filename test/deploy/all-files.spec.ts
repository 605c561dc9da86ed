import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { deployed, documentsOf, leaves, root, textOf, version } from './files.js';
import { isSetting } from './settings.js';

const files = deployed();
const yaml = files.filter((path) => /\.ya?ml$/.test(path));
const values = yaml.flatMap((path) =>
  documentsOf(path)
    .flatMap((one) => leaves(one))
    .map((leaf) => ({ path, ...leaf })),
);

/** Those of the OpenTelemetry specification that an operator of a Node process meets. */
const OTEL =
  /^OTEL_(SDK_DISABLED|SERVICE_NAME|RESOURCE_ATTRIBUTES|LOG_LEVEL|PROPAGATORS|TRACES_SAMPLER(_ARG)?|(TRACES|METRICS|LOGS)_EXPORTER|BSP_(SCHEDULE_DELAY|EXPORT_TIMEOUT|MAX_QUEUE_SIZE|MAX_EXPORT_BATCH_SIZE)|METRIC_EXPORT_(INTERVAL|TIMEOUT)|EXPORTER_PROMETHEUS_(HOST|PORT)|EXPORTER_OTLP(_(TRACES|METRICS|LOGS))?_(ENDPOINT|HEADERS|TIMEOUT|PROTOCOL|COMPRESSION|CERTIFICATE))$/;

/** PostgreSQL's versions have two parts; the third is that of the Alpine under it. */
const WHOLE = /:(v?\d+\.\d+\.\d+|\d+\.\d+-alpine\d+\.\d+)$/;

const namesIn = (pattern: RegExp) => [...new Set(files.flatMap((path) => textOf(path).match(pattern) ?? []))];

test('every DISPATCH_* variable is one that a process takes', () => {
  const names = namesIn(/\bDISPATCH_[A-Z_]+\b(?!\*)/g);

  expect(names.length).toBeGreaterThan(7);
  expect(names.filter((name) => !isSetting(name))).toEqual([]);
});

test('every OTEL_* variable is one of the OpenTelemetry specification', () => {
  const names = namesIn(/\bOTEL_[A-Z_]+/g);

  expect(names).toContain('OTEL_EXPORTER_OTLP_ENDPOINT');
  expect(names.filter((name) => !OTEL.test(name))).toEqual([]);
});

test('every image is pinned to a whole version, our own to this release', () => {
  const images = values.filter(({ keys }) => keys.at(-1) === 'image').map(({ value }) => String(value));
  const tags = values.filter(({ keys }) => keys.at(-1) === 'newTag').map(({ value }) => value);
  // In a Deployment the image has a name alone; kustomize gives it its tag.
  const foreign = images.filter((image) => image !== 'dispatch' && image !== `dispatch:${version}`);

  expect(new Set(tags)).toEqual(new Set([version]));
  expect(foreign.length).toBeGreaterThan(8);
  expect(foreign.filter((image) => !WHOLE.test(image))).toEqual([]);
});

test('no file holds a secret: each is referred to', () => {
  const named = values.filter(({ keys }) => /(password|secret|token|credentials?)$/i.test(keys.at(-1) ?? ''));
  const literal = named.filter(({ value }) => typeof value === 'string' && !/^\$\{[A-Z_]+:\?\}$/.test(value));
  const logins = files.flatMap((path) => textOf(path).match(/:\/\/[^\s/@:]+:[^\s@]+@/g) ?? []);

  expect(literal.map(({ path, keys }) => `${path} ${keys.join('.')}`)).toEqual([]);
  expect(logins.filter((login) => !/:\$\{[A-Z_]+:\?\}@$/.test(login))).toEqual([]);
  expect(files.filter((path) => /-----BEGIN|\b[0-9a-f]{32,}\b/.test(textOf(path)))).toEqual([]);
  expect(values.filter(({ keys, value }) => keys.at(-1) === 'kind' && value === 'Secret')).toEqual([]);
});

test('what is generated with secrets in it is kept out of the repository', () => {
  expect(textOf('.gitignore').split('\n')).toContain('deploy/.env');
});

test('every script can be run', () => {
  const scripts = files.filter((path) => path.endsWith('.sh'));

  expect(scripts.length).toBeGreaterThan(4);
  expect(scripts.filter((path) => !(statSync(join(root, path)).mode & 0o111))).toEqual([]);
});
