import type { ReactNode } from 'react';
import { Refused } from '../api/call.js';
import { Button } from './button.js';
import { type Said, sentenceOf } from './sentences.js';

/** Nothing is there, and what to do about it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="state">
      <p className="state-title">{title}</p>
      {children}
    </div>
  );
}

/** Said to a screen reader at once; shown only to who waits longer than a blink (the style delays it). */
export function Loading({ what }: { what: string }) {
  return (
    <div className="state state-loading" role="status">
      <span className="spinner" aria-hidden="true" />
      <p>Loading {what}…</p>
    </div>
  );
}

/** What failed in a sentence, the code for support, and a way on. */
export function Failed({ error, retry }: { error: Error; retry?: () => void }) {
  return (
    <div className="state" role="alert">
      <Trouble said={saidBy(error)} />
      {retry && <Button onPress={retry}>Try again</Button>}
    </div>
  );
}

/** A refusal: its sentence, and code and reference for support. */
export function Trouble({ said }: { said: Said }) {
  const reference = typeof said.reference === 'string' ? said.reference : undefined;
  return (
    <p className="trouble">
      {sentenceOf(said)} <span className="code">{reference ? `${said.code} ${reference}` : said.code}</span>
    </p>
  );
}

/** Whatever went wrong, as a sentence takes it. */
export const saidBy = (error: Error): Said =>
  error instanceof Refused
    ? { ...error.details, code: error.code, message: error.message }
    : { code: 'UNREACHABLE', message: error.message };
