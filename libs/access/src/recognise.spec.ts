import { expect, test } from '@jest/globals';
import { AccessStrategy } from './access-strategy.js';
import { authenticator } from './authenticator.js';
import { recogniser } from './recognise.js';
import { KeysUnavailable } from './remote-keys.js';
import { mintToken } from './testing/mint.js';

const secret = 'a secret of the issuer and this service';
const identify = authenticator({ secret, allowDevHeaders: false, requireTechnicianId: false }, (name) => name);

test('answers with the actor or the refusal of its strategy', async () => {
  const recognise = recogniser(new AccessStrategy(identify));
  const token = await mintToken({ sub: 'ann', role: 'qa' }, secret);
  expect(await recognise({ authorization: `Bearer ${token}` })).toMatchObject({ actor: { id: 'ann', role: 'qa' } });
  expect(await recognise({})).toMatchObject({ refusal: { code: 'AUTH_REQUIRED' } });
});

test('two of one process do not see each other', async () => {
  const [one, other] = [secret, 'another secret of another issuer, as long'].map((own) =>
    recogniser(
      new AccessStrategy(
        authenticator({ secret: own, allowDevHeaders: false, requireTechnicianId: false }, (name) => name),
      ),
    ),
  );
  const token = await mintToken({ sub: 'ann', role: 'qa' }, secret);
  expect(await one?.({ authorization: `Bearer ${token}` })).toMatchObject({ actor: { id: 'ann' } });
  expect(await other?.({ authorization: `Bearer ${token}` })).toMatchObject({
    refusal: { code: 'INVALID_AUTH_TOKEN' },
  });
});

test('rejects when the keys cannot be had', async () => {
  const recognise = recogniser(new AccessStrategy(() => Promise.reject(new KeysUnavailable('no keys'))));
  await expect(recognise({})).rejects.toThrow(KeysUnavailable);
});
