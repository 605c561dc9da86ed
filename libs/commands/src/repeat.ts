import type { Recorded } from '@dispatch/event-store';
import { isPersonal, isSealed, type Vault } from '@dispatch/privacy';
import type { Asked } from './call.js';
import { contentHashOf } from './identity.js';

/**
 * Whether an event was made of the same request. Its hash says so but for what is personal, and that is opened and
 * compared; where it was erased nobody can tell it any more, and the rest decides.
 */
export const sameRequest =
  (vault: Vault, { tool, path, body }: Asked, contentHash: string) =>
  async (event: Recorded): Promise<boolean> => {
    if (!isPersonal(tool)) return event.metadata.contentHash === contentHash;
    // Before anything was sealed the hash was of all of it.
    if (!isSealed(event)) return event.metadata.contentHash === contentHashOf(path, body);
    return event.metadata.contentHash === contentHash && vault.holdsSame(event, body);
  };
