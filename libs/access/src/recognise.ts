import type { IncomingHttpHeaders } from 'node:http';
import { Passport } from 'passport';
import type { AccessStrategy } from './access-strategy.js';
import type { Authenticated } from './refusal.js';

export type Recognise = (headers: IncomingHttpHeaders) => Promise<Authenticated>;

/**
 * Runs the strategy in a passport of its own: the one that the package shares would hold a single strategy for
 * every app of the process. Rejects with KeysUnavailable as the authenticator does.
 */
export function recogniser(strategy: AccessStrategy): Recognise {
  const passport = new Passport();
  passport.use('access', strategy);
  return (headers) =>
    new Promise((resolve, reject) => {
      const answered = (error: Error | null, actor: Seen['actor'], refusal: Seen['refusal']) => {
        if (error) reject(error);
        else resolve(actor ? { actor } : { refusal });
      };
      const middleware = passport.authenticate('access', { session: false }, answered) as Middleware;
      middleware({ headers }, {}, reject);
    });
}

/** Typed by none: what passport makes of its arguments is for any framework. */
type Middleware = (request: object, response: object, next: (error: unknown) => void) => void;

/** What the strategy hands to passport, which types neither. */
type Seen = {
  readonly actor: Extract<Authenticated, { actor: object }>['actor'] | false;
  readonly refusal: Extract<Authenticated, { refusal: object }>['refusal'];
};
