/** A constant of the service as people read it: `READY_TO_SCHEDULE` is “Ready to schedule”. */
export function inWords(constant: string): string {
  const words = constant.replaceAll(/[_.]+/g, ' ').toLowerCase().trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `1 ticket`, `2 tickets`. */
export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** The first characters of a UUID: enough to tell two rows apart, and to read out on the phone. */
export const shortId = (id: string): string => id.slice(0, 8);

/** `a`, `a or b`, `a, b or c`. */
export const anyOf = (words: readonly string[]): string =>
  new Intl.ListFormat('en', { type: 'disjunction', style: 'short' }).format(words);
