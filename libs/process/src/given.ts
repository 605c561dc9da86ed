import { ConfigFault, type Environment } from '@dispatch/access';

/** Undefined when unset; a variable that is set to nothing is a mistake, not a default. */
export function given(env: Environment, name: string): string | undefined {
  const text = env[name];
  if (text !== undefined && text.trim() === '') throw new ConfigFault(name, 'is set but empty');
  return text;
}

/** A whole number from `least` to `most`; `usual` when unset. */
export function givenWhole(
  env: Environment,
  name: string,
  { usual, least, most }: { readonly usual: number; readonly least: number; readonly most: number },
): number {
  const text = given(env, name) ?? String(usual);
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw new ConfigFault(name, `must be a whole number from ${least} to ${most}`);
  return value;
}

/** Minutes, more than none and at most `most`; a fraction of a minute is what an exercise may ask for. */
export function givenMinutes(env: Environment, name: string, usual: number, most: number): number {
  const text = given(env, name) ?? String(usual);
  const value = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value > 0 && value <= most))
    throw new ConfigFault(name, `must be a number of minutes above 0 and up to ${most}, such as 15 or 0.5`);
  return value;
}
