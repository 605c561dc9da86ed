import type { IncomingHttpHeaders } from 'node:http';
import { expect, test } from '@jest/globals';
import { Passport } from 'passport';
import { Strategy } from 'passport-jwt';
import { AccessStrategy } from './access-strategy.js';
import { authenticator } from './authenticator.js';
import { KeysUnavailable } from './remote-keys.js';
import { mintToken } from './testing/mint.js';

const secret = 'a secret of the issuer and this service';
const identify = authenticator({ secret, allowDevHeaders: false, requireTechnicianId: false }, (name) => name);

/** What passport's callback is given for one request. */
function ask(strategy: AccessStrategy, headers: IncomingHttpHeaders) {
  const passport = new Passport();
  passport.use(strategy);
  return new Promise((resolve) => {
    const seen = (error: unknown, user: unknown, info: unknown) => resolve({ error, user, info });
    passport.authenticate('jwt', { session: false }, seen)({ headers }, {});
  });
}

const headers = async () => ({ authorization: `Bearer ${await mintToken({ sub: 'ann', role: 'qa' }, secret)}` });

test('is a strategy of passport-jwt whose user is the actor', async () => {
  const strategy = new AccessStrategy(identify);
  expect(strategy).toBeInstanceOf(Strategy);
  expect(await ask(strategy, await headers())).toMatchObject({ error: null, user: { id: 'ann', role: 'qa' } });
});

test('hands a refusal on as the challenge', async () => {
  expect(await ask(new AccessStrategy(identify), {})).toMatchObject({
    error: null,
    user: false,
    info: { code: 'AUTH_REQUIRED' },
  });
});

test('hands an outage on as an error', async () => {
  const outage = new KeysUnavailable('no keys');
  expect(await ask(new AccessStrategy(() => Promise.reject(outage)), {})).toMatchObject({ error: outage });
});

test("lets the application's own check have the last word", async () => {
  const narrowed = new AccessStrategy(identify, ({ id }, done) => done(null, { name: id }));
  expect(await ask(narrowed, await headers())).toMatchObject({ user: { name: 'ann' } });
  const nobody = new AccessStrategy(identify, (_, done) => done(null, false, 'nobody'));
  expect(await ask(nobody, await headers())).toMatchObject({ user: false, info: 'nobody' });
  const broken = new AccessStrategy(identify, (_, done) => done(new Error('broken')));
  expect(await ask(broken, await headers())).toMatchObject({ error: new Error('broken') });
});
