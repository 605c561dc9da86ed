/** `IN_PROGRESS`, `work_performed` → `In progress`, `Work performed`. */
export function inWords(name: string): string {
  const words = name.replaceAll(/[_.]+/g, ' ').trim().toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export interface Prompt {
  readonly kind: 'photo' | 'note' | 'other';
  /** What it is of: `Security risk`. */
  readonly title: string;
  /** `Photo before work`; empty where the title says it all. */
  readonly hint: string;
}

/** What a template's evidence key asks for, by the form that all of them have. */
export function promptOf(key: string): Prompt {
  const [, time, of] = /^photo_(?:(before|after)_)?(.+)$/.exec(key) ?? [];
  if (of) return { kind: 'photo', title: inWords(of), hint: time ? `Photo ${time} the work` : 'Photo' };
  const [, about] = /^note_(.+)$/.exec(key) ?? [];
  if (about) return { kind: 'note', title: inWords(about), hint: 'Note' };
  return { kind: 'other', title: inWords(key), hint: '' };
}

/** As the API's constraints write it: `750.00 USD`. */
export const money = (cents: number, currency = 'USD'): string =>
  new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(cents / 100);

/** Dollars as typed, to cents; undefined when it is no amount. */
export function centsOf(text: string): number | undefined {
  const [, whole, part = ''] = /^\s*\$?\s*(\d{1,3}(?:,?\d{3})*|\d+)(?:\.(\d{1,2}))?\s*$/.exec(text) ?? [];
  if (whole === undefined) return undefined;
  return Number(whole.replaceAll(',', '')) * 100 + Number(part.padEnd(2, '0') || '0');
}

export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
