import type { Address } from './packet.js';

/** One line a line of the envelope. */
export function addressLines({ address1, address2, city, region, postal_code, country }: Address): readonly string[] {
  const place = [city, [region, postal_code].filter(Boolean).join(' ')].filter(Boolean).join(', ');
  return [address1, address2, place, country === 'US' ? null : country].filter(
    (line) => line !== null && line !== '',
  ) as string[];
}

/** Opens the phone's maps. The scheme and host are ours; the address is only ever a parameter of it. */
export function mapsLink(address: Address, userAgent: string): string | undefined {
  const lines = addressLines(address);
  if (lines.length === 0) return undefined;
  const place = encodeURIComponent(lines.join(', '));
  return /Android/i.test(userAgent) ? `geo:0,0?q=${place}` : `https://maps.apple.com/?q=${place}`;
}

/** `tel:` and nothing but digits; undefined for a text that is no number. An extension stays in the text. */
export function telLink(phone: string | null): string | undefined {
  const [number = ''] = (phone ?? '').split(/\s*(?:x|ext|#|;|,)/i);
  const digits = number.replaceAll(/\D/g, '');
  return digits.length < 3 ? undefined : `tel:${number.trim().startsWith('+') ? '+' : ''}${digits}`;
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/** The ticket that somebody typed, pasted as a link or scanned. */
export const ticketIdIn = (text: string): string | undefined => UUID.exec(text)?.[0].toLowerCase();
