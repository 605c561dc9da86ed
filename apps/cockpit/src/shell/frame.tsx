import './shell.css';
import type { ReactNode } from 'react';
import { Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { Link, useLocation } from 'wouter';
import type { Me } from '../api/answers.js';
import { Button } from '../ui/button.js';
import { inWords } from '../ui/words.js';
import { useConfig, useMe } from './known.js';
import { useSession } from './session.js';
import { setTheme, THEMES, useTheme } from './theme.js';

/** Who may read how the service stands; it checks for itself. */
const OPERATORS: readonly string[] = ['admin', 'auditor'];

const PLACES: readonly { path: string; name: string; open: (me: Me) => boolean }[] = [
  {
    path: '/cockpit',
    name: 'Queue',
    open: ({ tools }) => tools.includes('dispatcher.cockpit') || tools.includes('ticket.list'),
  },
  { path: '/packets', name: 'Jobs', open: ({ tools }) => tools.includes('tech.job_packet') },
  { path: '/operations', name: 'Operations', open: ({ actor_role }) => OPERATORS.includes(actor_role) },
];

/** The desk's pages: where one can go, who one is, and below it the page. */
export function Frame({ children }: { children: ReactNode }) {
  const me = useMe();
  const [location] = useLocation();
  const places = me.data ? PLACES.filter(({ open }) => open(me.data)) : [];
  return (
    <div className="desk">
      <nav className="desk-top no-print" aria-label="Pages">
        <span className="desk-brand">
          <img src="/icon.svg" alt="" width="22" height="22" /> Dispatch
        </span>
        <div className="desk-places">
          {places.map(({ path, name }) => (
            <Link key={path} href={path} aria-current={location.startsWith(path) ? 'page' : undefined}>
              {name}
            </Link>
          ))}
        </div>
        <Person me={me.data} />
      </nav>
      <div className="desk-page">{children}</div>
    </div>
  );
}

function Person({ me }: { me: Me | undefined }) {
  const { signOut } = useSession();
  const theme = useTheme();
  return (
    <MenuTrigger>
      <Button kind="quiet">
        {me ? `${me.actor_id} · ${inWords(me.actor_role)}` : 'Account'} <span aria-hidden="true">▾</span>
      </Button>
      <Popover className="popover" placement="bottom end">
        <Menu
          className="list"
          aria-label="Your account"
          onAction={(key) => {
            if (key === 'sign-out') return signOut();
            const chosen = THEMES.find((name) => name === key);
            if (chosen) setTheme(chosen);
          }}
        >
          {THEMES.map((name) => (
            <MenuItem key={name} id={name} className="list-item" textValue={`Theme: ${name}`}>
              {theme === name ? '✓ ' : ''}Theme: {name}
            </MenuItem>
          ))}
          <MenuItem id="sign-out" className="list-item">
            Sign out
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

/** Says that nobody proved who they are, on every page and always; a native list, so that it costs a phone nothing. */
export function DevelopmentStrip() {
  const { credentials, signIn } = useSession();
  const config = useConfig();
  if (credentials?.kind !== 'development') return null;
  const roles = config.data?.roles ?? [credentials.role];
  return (
    <aside className="development no-print" aria-label="Development sign-in">
      <strong>Development</strong>
      <span className="development-says">No password was asked.</span>
      <label>
        Acting as{' '}
        <select
          value={credentials.role}
          onChange={({ target }) =>
            signIn({ kind: 'development', actorId: `${target.value}-1`, role: target.value }, false)
          }
        >
          {roles.map((role) => (
            <option key={role}>{role}</option>
          ))}
        </select>
      </label>
    </aside>
  );
}
