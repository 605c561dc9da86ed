import { accept } from '../decision.js';
import { roundCents } from '../kernel.js';
import type { Rule } from '../ticket.js';

/** The work is billed. Each line is rounded to the cent, half up, before the lines are added. */
export const generateInvoice: Rule<'billing.generate_invoice'> = ({ lineItems = [], externalRef }) => {
  const lines = lineItems.map(({ quantity, unitCents }) => Math.round(product(quantity, unitCents)));
  return accept('InvoiceGenerated', {
    lineItems,
    totalCents: roundCents(lines.reduce((sum, line) => sum + line, 0)),
    externalRef: externalRef ?? null,
  });
};

/** The product of two decimals: 15 digits are what a double keeps of one, so 0.145 × 100 is 14.5 and no less. */
const product = (a: number, b: number): number => Number((a * b).toPrecision(15));
