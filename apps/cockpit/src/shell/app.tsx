import { lazy, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { SessionProvider, useSession } from './session.js';
import { SignIn } from './sign-in.js';

// Each page is its own script: a phone on a stairwell loads no queue, a desk no packet.
const Cockpit = lazy(() => import('../cockpit/page.js'));
const Packet = lazy(() => import('../packet/page.js'));
const Packets = lazy(() => import('../packet/list-page.js'));
const Operations = lazy(() => import('../operations/page.js'));

export function App() {
  return (
    <SessionProvider>
      <Pages />
    </SessionProvider>
  );
}

function Pages() {
  const { credentials } = useSession();
  if (!credentials) return <SignIn />;
  return (
    <Suspense>
      <Switch>
        <Route path="/cockpit" component={Cockpit} />
        <Route path="/packet/:id">{({ id }) => <Packet ticketId={id} />}</Route>
        <Route path="/packets" component={Packets} />
        <Route path="/operations" component={Operations} />
        <Route>
          <Redirect to="/cockpit" />
        </Route>
      </Switch>
    </Suspense>
  );
}
