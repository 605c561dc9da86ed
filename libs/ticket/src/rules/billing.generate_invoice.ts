import type { LineItem } from '../commands.js';
import { accept } from '../decision.js';
import { roundCents } from '../kernel.js';
import type { Rule } from '../rule.js';

/** The work is billed. */
export const generateInvoice: Rule<'billing.generate_invoice'> = ({ lineItems = [], externalRef }) =>
  accept('InvoiceGenerated', {
    lineItems,
    totalCents: roundCents(invoiceTotal(lineItems)),
    externalRef: externalRef ?? null,
  });

/** Cents. Each line is rounded to the cent, half up, before the lines are added. */
export const invoiceTotal = (lines: readonly Pick<LineItem, 'quantity' | 'unitCents'>[]): number =>
  lines.reduce((sum, { quantity, unitCents }) => sum + Math.round(product(quantity, unitCents)), 0);

/** The product of two decimals: 15 digits are what a double keeps of one, so 0.145 × 100 is 14.5 and no less. */
const product = (a: number, b: number): number => Number((a * b).toPrecision(15));
