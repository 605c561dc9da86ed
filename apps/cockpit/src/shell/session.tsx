import { createContext, type ReactNode, useContext, useMemo, useRef, useState } from 'react';
import { type Answer, type Call, call } from '../api/call.js';
import type { Credentials } from '../api/credentials.js';
import { forgetKept } from '../outbox/forget-kept.js';

export interface Session {
  readonly credentials: Credentials | undefined;
  /** Kept for this tab alone, or on this device when `remember` is said. */
  readonly signIn: (credentials: Credentials, remember: boolean) => void;
  readonly signOut: () => void;
  /** A request as the one who is signed in; reads see what this page has written, on every node. */
  readonly request: <T>(path: string, request?: Call) => Promise<Answer<T>>;
}

const KEY = 'dispatch.credentials';
const Context = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(Context);
  if (!session) throw new Error('useSession outside of SessionProvider');
  return session;
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const [credentials, setCredentials] = useState(kept);
  const written = useRef<string | undefined>(undefined);
  const session = useMemo<Session>(
    () => ({
      credentials,
      signIn: (next, remember) => {
        forget();
        (remember ? localStorage : sessionStorage).setItem(KEY, JSON.stringify(next));
        setCredentials(next);
      },
      signOut: () => {
        if (credentials) forgetKept(credentials);
        forget();
        setCredentials(undefined);
      },
      request: async <T,>(path: string, request: Call = {}) => {
        const writes = (request.method ?? 'GET') !== 'GET';
        const answer = await call<T>(credentials, path, {
          ...(writes ? {} : { minPosition: written.current }),
          ...request,
        });
        if (writes && answer.position) written.current = answer.position;
        return answer;
      },
    }),
    [credentials],
  );
  return <Context value={session}>{children}</Context>;
}

function kept(): Credentials | undefined {
  const text = sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY);
  return text ? (JSON.parse(text) as Credentials) : undefined;
}

function forget(): void {
  sessionStorage.removeItem(KEY);
  localStorage.removeItem(KEY);
}
