import { expect, test } from '@jest/globals';
import { keyOf, nameOf, type ObjectKey, parseObjectName, placeOf, uriOf } from './object-key.js';

const ticketId = '91b02ea3-0000-4000-8000-00000000000a';
const object: ObjectKey = { ticketId, sha256: 'ab'.repeat(32), contentType: 'image/heic' };
const store = { scheme: 's3', bucket: 'ours', prefix: 'a/b/' };

test('a name tells ticket, content and type, and is read again', () => {
  expect(keyOf(object)).toBe(`${ticketId}/${'ab'.repeat(32)}.heic`);
  expect(parseObjectName(keyOf(object))).toEqual(object);
});

test.each([
  '',
  '/',
  `../${keyOf(object)}`,
  `${ticketId}/../${keyOf(object)}`,
  `/${keyOf(object)}`,
  `${keyOf(object)}/`,
  `${keyOf(object)}\n`,
  keyOf(object).toUpperCase(),
  keyOf(object).replace('/', '\\'),
  keyOf(object).replace('.heic', '.html'),
  keyOf(object).replace('.heic', '.svg'),
  keyOf(object).replace('.heic', '.constructor'),
  keyOf(object).replace('.heic', ''),
  `${ticketId}/${'ab'.repeat(31)}.heic`,
  `${ticketId}/signing-key`,
])('%j is the name of nothing', (key) => {
  expect(parseObjectName(key)).toBeUndefined();
});

test('a reference names an object of the store, something elsewhere, or nothing', () => {
  expect(uriOf(store, object)).toBe(`s3://ours/a/b/${ticketId}/${nameOf(object)}`);
  expect(placeOf(store, uriOf(store, object))).toEqual(object);
  expect(placeOf(store, uriOf({ ...store, scheme: 'MINIO' }, object))).toEqual(object);
  for (const uri of [
    `s3://ours/${keyOf(object)}`,
    `s3://theirs/a/b/${keyOf(object)}`,
    's3://ours',
    's3:///a/b/x',
    'x',
    '',
  ])
    expect([uri, placeOf(store, uri)]).toEqual([uri, 'elsewhere']);
  for (const end of ['photo.jpg', `../b/${keyOf(object)}`, `${keyOf(object)}?x`, `${keyOf(object)}#x`])
    expect([end, placeOf(store, `s3://ours/a/b/${end}`)]).toEqual([end, 'nothing']);
});
