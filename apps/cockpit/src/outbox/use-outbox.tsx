import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useSession } from '../shell/session.js';
import { actorKeyOf } from './actor-key.js';
import { openOutbox } from './browser.js';
import { type Outbox, type Standing, UNREAD } from './outbox.js';

const Context = createContext<Outbox | undefined>(undefined);

/** Sends what waits on this device while any page below it is open. */
export function OutboxProvider({ children }: { children: ReactNode }) {
  const { credentials, request } = useSession();
  const queries = useQueryClient();
  const [outbox, setOutbox] = useState<Outbox>();
  useEffect(() => {
    if (!credentials) return undefined;
    const opened = openOutbox(credentials, request, (ticketId) => {
      void queries.invalidateQueries({ queryKey: ['kept'], predicate: ({ queryKey }) => queryKey.includes(ticketId) });
    });
    setOutbox(opened);
    return () => {
      setOutbox(undefined);
      opened.stop();
    };
  }, [credentials, request, queries]);
  return <Context value={outbox}>{children}</Context>;
}

/** Undefined until the device is open. */
export const useOutbox = (): Outbox | undefined => useContext(Context);

/** What waits, of whoever is signed in. */
export function useStanding(): Standing {
  const outbox = useContext(Context);
  return useSyncExternalStore(outbox?.subscribe ?? never, outbox?.standing ?? nothing);
}

const never = () => () => {};
const nothing = () => UNREAD;

/** Who is signed in, as this device names it; undefined when nobody is. */
export function useActorKey(): string | undefined {
  const { credentials } = useSession();
  return useMemo(() => credentials && actorKeyOf(credentials), [credentials]);
}
