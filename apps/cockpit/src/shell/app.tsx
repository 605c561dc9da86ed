import '../ui/ui.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ComponentType, useMemo } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { Refused } from '../api/call.js';
import { Failed, Loading } from '../ui/states.js';
import { DevelopmentStrip, Frame } from './frame.js';
import { useMe } from './known.js';
import { page } from './page.js';
import { SessionProvider, useSession } from './session.js';
import { SignIn } from './sign-in.js';
import { applyTheme } from './theme.js';

// Each page is its own script: a phone on a stairwell loads no queue, a desk no packet.
const Cockpit = page(() => import('../cockpit/page.js'));
const Packet = page(() => import('../packet/page.js'));
const Packets = page(() => import('../packet/list-page.js'));
const Operations = page(() => import('../operations/page.js'));

applyTheme();

export function App() {
  return (
    <SessionProvider>
      <Kept />
    </SessionProvider>
  );
}

/** What one person was answered is gone when the next one signs in. */
function Kept() {
  const { credentials } = useSession();
  const queries = useMemo(newQueries, [credentials]);
  return (
    <QueryClientProvider client={queries}>
      {credentials ? (
        <>
          <DevelopmentStrip />
          <Pages />
        </>
      ) : (
        <SignIn />
      )}
    </QueryClientProvider>
  );
}

function Pages() {
  return (
    <Switch>
      <Route path="/cockpit">{framed(Cockpit)}</Route>
      <Route path="/packet/:id">{({ id }) => <Packet ticketId={id} />}</Route>
      <Route path="/packets">{framed(Packets)}</Route>
      <Route path="/operations">{framed(Operations)}</Route>
      <Route>
        <Home />
      </Route>
    </Switch>
  );
}

const framed = (Page: ComponentType) => (
  <Frame>
    <Page />
  </Frame>
);

/** Whoever is not known is asked to sign in again; a technician begins at the jobs, everybody else at the queue. */
function Home() {
  const me = useMe();
  const { signOut } = useSession();
  if (me.error instanceof Refused && me.error.status === 401) return <Failed error={me.error} retry={signOut} />;
  if (me.error) return <Failed error={me.error} retry={() => void me.refetch()} />;
  if (!me.data) return <Loading what="your account" />;
  return <Redirect to={me.data.actor_role === 'tech' ? '/packets' : '/cockpit'} replace />;
}

function newQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // A refusal stays a refusal; only a service that is away is asked again.
        retry: (failures, error) => failures < 3 && !(error instanceof Refused && error.status < 500),
        refetchOnWindowFocus: true,
        staleTime: 5_000,
      },
    },
  });
}
