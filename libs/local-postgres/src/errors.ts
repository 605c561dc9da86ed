/** The embedded Postgres cannot run. The message is one line that says what is wrong and what to do about it. */
export class LocalPostgresFailed extends Error {
  override readonly name: string = 'LocalPostgresFailed';
}

/** Another process owns this data folder. */
export class AlreadyRunning extends LocalPostgresFailed {
  override readonly name = 'AlreadyRunning';

  constructor(
    readonly dataDir: string,
    /** Undefined when the owner took the folder this very moment and has not yet said who it is. */
    readonly pid: number | undefined,
  ) {
    super(`${dataDir} is in use: already running as pid ${pid ?? 'unknown'}`);
  }
}

/** The `code` of a system error or of a Postgres error (SQLSTATE); undefined for anything else. */
export function codeOf(error: unknown): string | undefined {
  const code = field(error, 'code');
  return typeof code === 'string' ? code : undefined;
}

/** By shape, not by class: a value thrown from another realm is no instance of this one's Error. */
export function field(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}
