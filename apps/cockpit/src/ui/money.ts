const DOLLARS = /^\$?\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?$/;

/** Integer cents as dollars: `250000` is `$2,500.00`. */
export const dollars = (cents: number, currency = 'USD'): string =>
  new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(cents / 100);

/** What somebody typed, in integer cents; undefined where it is no amount. Never through a floating point number. */
export function centsOf(text: string): number | undefined {
  const [, whole, part = ''] = DOLLARS.exec(text.trim()) ?? [];
  if (whole === undefined) return undefined;
  const cents = Number(whole.replaceAll(',', '') + part.padEnd(2, '0'));
  return Number.isSafeInteger(cents) ? cents : undefined;
}

/** Integer cents as a field holds them: `250050` is `2500.50`. */
export const typedCents = (cents: number): string =>
  `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
