import { createHmac, type KeyObject } from 'node:crypto';
import type { JsonObject } from '@dispatch/event-store';

/** What a person is known by. */
export interface Known {
  readonly by: 'email' | 'phone' | 'place';
  readonly text: string;
}

const EMAIL = new Set(['email', 'e_mail', 'emailaddress', 'email_address', 'mail']);
const PHONE = new Set(['phone', 'phone_number', 'phonenumber', 'telephone', 'tel', 'mobile', 'cell']);

/**
 * What a person is known by, the strongest first: the e-mail address, else the phone number, else where they stand. All
 * data of who has the same first one are under one key, and so fall by one erasure.
 */
export function knownBy(person: JsonObject, stream: string): readonly [Known, ...Known[]] {
  const found = (names: ReadonlySet<string>) =>
    Object.entries(person).flatMap(([name, value]) =>
      names.has(name.toLowerCase()) && typeof value === 'string' ? [value] : [],
    );
  const strong = [...found(EMAIL).flatMap(byEmail), ...found(PHONE).flatMap(byPhone)];
  const [first, ...rest] = strong;
  // Without an address: the same name in the same stream is taken for the same person.
  const name = typeof person.name === 'string' ? folded(person.name) : '';
  return first ? [first, ...rest] : [{ by: 'place', text: JSON.stringify([stream, name]) }];
}

/** None where the text is no address. Case counts for nothing, as everywhere but in the standard. */
export function byEmail(text: string): Known[] {
  const email = folded(text);
  return /^\S+@\S+$/.test(email) ? [{ by: 'email', text: email }] : [];
}

/** None where the text holds too few digits to be anybody's. `00` before the country is `+`; extensions count. */
export function byPhone(text: string): Known[] {
  const digits = text.replaceAll(/\D/g, '');
  const international = /^\s*(\+|00)/.test(text);
  const number = international ? `+${digits.replace(/^00/, '')}` : digits;
  return digits.length >= 4 ? [{ by: 'phone', text: number }] : [];
}

const folded = (text: string): string => text.normalize('NFKC').trim().toLowerCase().replaceAll(/\s+/g, ' ');

/** Under a key that is not in the database: who reads the database only cannot try addresses against it. */
export function fingerprint(naming: KeyObject, { by, text }: Known): Buffer {
  return createHmac('sha256', naming).update(`${by}\n${text}`).digest();
}
