import { useState } from 'react';
import { Button, Form, Input, Label, TextField } from 'react-aria-components';
import { useSession } from './session.js';

export function SignIn() {
  const { signIn } = useSession();
  const [token, setToken] = useState('');
  return (
    <main>
      <h1>Dispatch</h1>
      <Form
        onSubmit={(event) => {
          event.preventDefault();
          signIn({ kind: 'token', token: token.trim() }, false);
        }}
      >
        <TextField isRequired value={token} onChange={setToken} type="password">
          <Label>Access token</Label>
          <Input />
        </TextField>
        <Button type="submit">Sign in</Button>
      </Form>
    </main>
  );
}
