import { Button as AriaButton, type ButtonProps } from 'react-aria-components';

type Kind = 'plain' | 'main' | 'danger' | 'quiet';

/** A button; `main` once in a form, `danger` for what cannot be taken back. */
export function Button({ kind = 'plain', ...props }: ButtonProps & { kind?: Kind }) {
  return <AriaButton {...props} className={`button button-${kind}`} />;
}
