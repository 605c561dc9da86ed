import type { Credentials } from '../api/credentials.js';
import { actorKeyOf } from './actor-key.js';

/**
 * Clears the answers that this device kept for somebody who signs out: addresses and contacts of customers. What waits
 * to be sent stays for their next sign-in.
 */
export function forgetKept(credentials: Credentials): void {
  void import('./browser.js')
    .then(({ device }) => device.forget(actorKeyOf(credentials)))
    // A browser that lets nothing be kept has nothing to forget.
    .catch(() => {});
}
