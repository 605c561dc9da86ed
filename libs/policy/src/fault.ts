/** What is wrong with a policy, in one line that names file and place. A service with one does not start. */
export class PolicyFault extends Error {
  override readonly name = 'PolicyFault';

  constructor(
    /** `tools.json`, `tools.schema.json`, … */
    readonly file: string,
    /** A JSON pointer; `line 3, column 7` for broken JSON; empty for the file as a whole. */
    readonly place: string,
    what: string,
  ) {
    super(`policy/${file}${place && ` ${place}`}: ${what}`);
  }
}

/** A JSON pointer (RFC 6901). */
export const pointer = (...path: readonly (string | number)[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
