import { expect, test } from '@jest/globals';
import { readConfig } from '../config.js';
import { openEvidence } from './settings.js';

const BUCKET = {
  DISPATCH_OBJECT_STORE_URL: 'https://s3.example:9000/evidence/dispatch/one',
  DISPATCH_OBJECT_STORE_ACCESS_KEY_ID: 'id',
  DISPATCH_OBJECT_STORE_SECRET_ACCESS_KEY: 'secret',
};
const ELSEWHERE = { DISPATCH_DATABASE_URL: 'postgresql://db/dispatch' };
const evidence = (env: Record<string, string>) => readConfig(env).evidence;

test('on its own Postgres the service keeps evidence itself; one of several keeps none', () => {
  const usual = { scheme: 's3', strict: false, maxBytes: 26_214_400 };
  expect(evidence({ DISPATCH_DATA_DIR: '/data' })).toEqual({ ...usual, place: { folder: '/data/evidence' } });
  expect(evidence(ELSEWHERE)).toEqual({ ...usual, place: undefined });
  expect(evidence({ ...ELSEWHERE, DISPATCH_OBJECT_STORE_URL: 'file:///srv/of%20us' }).place).toEqual({
    folder: '/srv/of us',
  });
  expect(evidence({ DISPATCH_OBJECT_STORE_SCHEMES: 'gs,minio' }).scheme).toBe('gs');
});

test('a bucket, with what belongs to it', () => {
  const more = { DISPATCH_OBJECT_STORE_STRICT: 'true', DISPATCH_UPLOAD_MAX_BYTES: '1024' };
  expect(evidence({ ...BUCKET, ...more, DISPATCH_OBJECT_STORE_REGION: 'eu-central-1' })).toEqual({
    scheme: 's3',
    strict: true,
    maxBytes: 1_024,
    place: {
      endpoint: 'https://s3.example:9000',
      bucket: 'evidence',
      prefix: 'dispatch/one/',
      region: 'eu-central-1',
      accessKeyId: 'id',
      secretAccessKey: 'secret',
    },
  });
});

test.each<[string, Record<string, string>]>([
  ['DISPATCH_OBJECT_STORE_URL', { ...BUCKET, DISPATCH_OBJECT_STORE_URL: 'https://s3.example' }],
  ['DISPATCH_OBJECT_STORE_URL', { ...BUCKET, DISPATCH_OBJECT_STORE_URL: 'https://s3.example/Evidence' }],
  ['DISPATCH_OBJECT_STORE_URL', { ...BUCKET, DISPATCH_OBJECT_STORE_URL: 'https://id:secret@s3.example/evidence' }],
  ['DISPATCH_OBJECT_STORE_URL', { ...BUCKET, DISPATCH_OBJECT_STORE_URL: 'https://s3.example/evidence?x=1' }],
  ['DISPATCH_OBJECT_STORE_URL', { DISPATCH_OBJECT_STORE_URL: 's3://evidence' }],
  ['DISPATCH_OBJECT_STORE_URL', { DISPATCH_OBJECT_STORE_URL: 'file://host/srv' }],
  ['DISPATCH_OBJECT_STORE_URL', { DISPATCH_OBJECT_STORE_URL: 'file:///' }],
  ['DISPATCH_OBJECT_STORE_URL', { DISPATCH_OBJECT_STORE_URL: '' }],
  ['DISPATCH_OBJECT_STORE_ACCESS_KEY_ID', { DISPATCH_OBJECT_STORE_URL: 'https://s3.example/evidence' }],
  ['DISPATCH_OBJECT_STORE_ACCESS_KEY_ID', { DISPATCH_OBJECT_STORE_ACCESS_KEY_ID: 'id' }],
  ['DISPATCH_OBJECT_STORE_REGION', { DISPATCH_OBJECT_STORE_REGION: 'eu' }],
  ['DISPATCH_OBJECT_STORE_STRICT', { ...ELSEWHERE, DISPATCH_OBJECT_STORE_STRICT: 'true' }],
  ['DISPATCH_OBJECT_STORE_STRICT', { DISPATCH_OBJECT_STORE_STRICT: 'yes' }],
  ['DISPATCH_UPLOAD_MAX_BYTES', { DISPATCH_UPLOAD_MAX_BYTES: '1073741825' }],
])('%s is refused by name in %j', (variable, env) => {
  expect(() => readConfig(env)).toThrow(expect.objectContaining({ name: 'ConfigFault', variable }));
});

test('a folder that cannot be made stops the start by the name of the variable', async () => {
  const settings = evidence({ DISPATCH_OBJECT_STORE_URL: new URL('evidence', `file://${import.meta.filename}/`).href });
  await expect(openEvidence(settings, Date.now)).rejects.toMatchObject({
    name: 'ConfigFault',
    variable: 'DISPATCH_OBJECT_STORE_URL',
  });
});
