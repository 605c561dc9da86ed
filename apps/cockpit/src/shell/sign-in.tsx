import './shell.css';
import { useState } from 'react';
import { Form } from 'react-aria-components';
import { Button } from '../ui/button.js';
import { Checkbox, Select, TextField } from '../ui/fields.js';
import { inWords } from '../ui/words.js';
import { useConfig } from './known.js';
import { useSession } from './session.js';

/** Signing in with a token; where the service takes development headers, also as any role. */
export function SignIn() {
  const config = useConfig();
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <h1>
          <img src="/icon.svg" alt="" width="28" height="28" /> Dispatch
        </h1>
        <WithToken />
        {config.data?.development_headers && <AsRole roles={config.data.roles} />}
      </div>
    </main>
  );
}

function WithToken() {
  const { signIn } = useSession();
  const [token, setToken] = useState('');
  const [remember, setRemember] = useState(false);
  const [wrong, setWrong] = useState<string>();
  return (
    <Form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        // The three parts of a JWT; what is in them the service checks.
        if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token.trim())) return setWrong('This is not a token: paste it whole.');
        signIn({ kind: 'token', token: token.trim() }, remember);
      }}
    >
      <TextField
        label="Access token"
        type="password"
        required
        value={token}
        onChange={setToken}
        wrong={wrong}
        hint="Your identity provider or administrator issues it."
      />
      <Checkbox checked={remember} onChange={setRemember}>
        Stay signed in on this device
      </Checkbox>
      <Button kind="main" type="submit">
        Sign in
      </Button>
    </Form>
  );
}

function AsRole({ roles }: { roles: readonly string[] }) {
  const { signIn } = useSession();
  const [role, setRole] = useState('dispatcher');
  const [actorId, setActorId] = useState('');
  const [technicianId, setTechnicianId] = useState('');
  return (
    <section className="sign-in-development" aria-label="Development sign-in">
      <p className="note" data-mood="warning">
        <strong>Development sign-in.</strong> This service takes any name and role without a password. It is off in
        production.
      </p>
      <Form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          signIn(
            {
              kind: 'development',
              actorId: actorId.trim() || `${role}-1`,
              role,
              ...(role === 'tech' && technicianId.trim() ? { technicianId: technicianId.trim() } : {}),
            },
            false,
          );
        }}
      >
        <Select
          label="Role"
          required
          value={role}
          onChange={setRole}
          options={roles.map((id) => ({ id, name: inWords(id) }))}
        />
        <TextField label="Actor id" value={actorId} onChange={setActorId} placeholder={`${role}-1`} />
        {role === 'tech' && (
          <TextField
            label="Technician id"
            value={technicianId}
            onChange={setTechnicianId}
            hint="Only this technician's tickets can then be worked on."
          />
        )}
        <Button type="submit">Continue as {inWords(role).toLowerCase()}</Button>
      </Form>
    </section>
  );
}
