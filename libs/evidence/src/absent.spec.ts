import { expect, test } from '@jest/globals';
import { absentFrom } from './absent.js';
import type { EvidenceStore } from './evidence-store.js';
import { uriOf } from './object-key.js';

const ticketId = '91b02ea3-0000-4000-8000-00000000000a';
const place = { scheme: 's3', bucket: 'ours', prefix: '' };
const sha = (n: number) => n.toString(16).padStart(64, '0');
const item = (n: number, more: object = {}) => ({
  id: n,
  uri: uriOf(place, { ticketId, sha256: sha(n), contentType: 'image/png' }),
  checksum: `sha256:${sha(n)}`,
  withdrawn: false,
  ...more,
});

function storeThat(holds: EvidenceStore['holds']): EvidenceStore {
  const unused = async () => Promise.reject(new Error('not asked here'));
  return { place, origin: undefined, signUpload: unused, signRead: unused, holds, close: () => undefined };
}
const options = { strict: false, timeoutMs: 1_000 };

test('a few at a time are asked for, whatever there are', async () => {
  let [now, most] = [0, 0];
  const store = storeThat(async ({ sha256 }) => {
    most = Math.max(most, (now += 1));
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
    return sha256 !== sha(7);
  });
  const items = Array.from({ length: 40 }, (_, n) => item(n));
  expect(await absentFrom(store, options)(ticketId, items)).toEqual([7]);
  expect(most).toBe(8);
});

test('nobody is asked for what cannot be there, is withdrawn or is elsewhere', async () => {
  const asked: string[] = [];
  const store = storeThat(async ({ sha256 }) => asked.push(sha256) > 0);
  const items = [
    item(1, { checksum: `sha256:${sha(2)}` }),
    item(2, { withdrawn: true }),
    item(3, { uri: 's3://theirs/photo.png' }),
    item(4, { uri: 's3://ours/photo.png' }),
    item(5, { checksum: null }),
    item(6, { uri: uriOf(place, { ticketId: ticketId.replace('a', 'b'), sha256: sha(6), contentType: 'image/png' }) }),
  ];
  expect(await absentFrom(store, options)(ticketId, items)).toEqual([1, 4, 6]);
  expect(await absentFrom(store, { ...options, strict: true })(ticketId, items)).toEqual([1, 3, 4, 6]);
  expect(asked).toEqual([sha(5), sha(5)]);
});

test('a store that says nothing in time is away, and so is one that fails', async () => {
  const silent = storeThat(() => new Promise(() => undefined));
  await expect(absentFrom(silent, { ...options, timeoutMs: 20 })(ticketId, [item(1)])).rejects.toMatchObject({
    name: 'EvidenceStoreUnavailable',
  });
  const broken = storeThat(() => Promise.reject(new Error('broken')));
  await expect(absentFrom(broken, options)(ticketId, [item(1), item(2)])).rejects.toThrow('broken');
});
