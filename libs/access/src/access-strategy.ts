import type { IncomingHttpHeaders } from 'node:http';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { Actor } from './actor.js';
import type { Authenticate } from './authenticator.js';

type Done = (error: unknown, user?: unknown, info?: unknown) => void;

/**
 * passport-jwt's strategy `jwt` with an {@link Authenticate} in the place of its verifier. That one is jsonwebtoken,
 * which knows no EdDSA and no key sets, and can be exchanged only for the whole process. The user is the Actor, a
 * refusal is passport's challenge, and KeysUnavailable its error.
 *
 * The second argument is what Nest's `PassportStrategy` mixin adds for its `validate(actor)`.
 */
export class AccessStrategy extends Strategy {
  constructor(
    private readonly identify: Authenticate,
    private readonly accept: (actor: Actor, done: Done) => void = (actor, done) => done(null, actor),
  ) {
    super({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKeyProvider: noKey }, noActor);
  }

  override authenticate(request: { readonly headers: IncomingHttpHeaders }): void {
    this.identify(request.headers)
      .then((answer) => {
        // The number is passport's word for "not authenticated"; the edge gives each refusal's code its own status.
        if ('refusal' in answer) return this.fail(answer.refusal, 401);
        return this.accept(answer.actor, (error, user, info) => {
          if (error) return this.error(asError(error));
          return user ? this.success(user, info) : this.fail(info, 401);
        });
      })
      .catch((error: unknown) => this.error(asError(error)));
  }
}

/** What the base class would verify with, were its own `authenticate` ever called: nothing. */
function noKey(_request: unknown, _token: unknown, done: (error: unknown) => void): void {
  done(new Error('Tokens are verified by the authenticator'));
}

function noActor(_payload: unknown, done: Done): void {
  done(null, false);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
