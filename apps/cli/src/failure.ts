import { types } from 'node:util';

/** A command that could not do what it was asked, in words for the person who asked. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** SQLSTATEs of a schema, table or column that is not there. */
const NO_SCHEMA = ['3F000', '42P01', '42703'];

/** Any error as one line. */
export function explained(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  if ('code' in error && NO_SCHEMA.includes(String(error.code)))
    return 'the database holds no Dispatch, or an older one: start the service on it once';
  // Of several addresses that were tried in vain, the first says as much as all.
  const [first] = 'errors' in error && Array.isArray(error.errors) ? (error.errors as unknown[]) : [];
  const text = error.message || (first === undefined ? error.name : explained(first));
  return text.split('\n', 1).join('');
}

/** Without the login of any URL in it. */
export function masked(text: string): string {
  return text.replace(/(\b[a-z][a-z+]*:\/\/)[^\s/?'"]*@/gi, '$1…@');
}
