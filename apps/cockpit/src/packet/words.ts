import { inWords } from '../ui/words.js';

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
