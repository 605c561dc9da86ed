import { expect, test } from '@jest/globals';
import { resolves } from './closeout.js';

const schemes = ['s3', 'minio'];

test.each([
  's3://bucket/key',
  'minio://bucket/key',
  'S3://bucket/key',
  'Minio://Bucket.Name-1/a/b/c.jpg',
  's3://bucket/a b.jpg',
  's3://bucket/%20',
  's3://bucket/%2Fa%3Fb',
  's3://bucket/a:b@c&d=e+f',
  's3://bucket//a',
  's3://bucket/a/',
  's3://bucket/ключ.jpg',
  's3://127.0.0.1:9000/key',
])('names an object: %s', (uri) => {
  expect(resolves(uri, schemes)).toBe(true);
});

test.each([
  '',
  ' ',
  'key',
  '/bucket/key',
  '//bucket/key',
  's3',
  's3:',
  's3:/bucket/key',
  's3:bucket/key',
  's3//bucket/key',
  's3:///key',
  's3://bucket',
  's3://bucket/',
  's3://bucket/ ',
  's3://bucket/\t',
  's3:// /key',
  's3://buc ket/key',
  's3://bucket?key',
  's3://bucket/?versionId=1',
  's3://bucket/key?versionId=1',
  's3://bucket#key',
  's3://bucket/#key',
  's3://bucket/key#part',
  ' s3://bucket/key',
  'xs3://bucket/key',
  's3x://bucket/key',
  '3s://bucket/key',
  '://bucket/key',
  'https://bucket/key',
  'file:///etc/passwd',
  'javascript://bucket/key',
  's3%3A//bucket/key',
  's3://bucket%2Fkey',
])('names none: %j', (uri) => {
  expect(resolves(uri, schemes)).toBe(false);
});

test('only the schemes of the store count', () => {
  expect(resolves('minio://bucket/key', ['s3'])).toBe(false);
  expect(resolves('gs://bucket/key', ['s3', 'gs'])).toBe(true);
  expect(resolves('x-store+1.0://bucket/key', ['x-store+1.0'])).toBe(true);
  expect(resolves('3s://bucket/key', ['3s'])).toBe(false);
  expect(resolves('s3://bucket/key', [])).toBe(false);
});
