import { test } from '@jest/globals';
import { MAX_CENTS } from '../kernel.js';
import { generateInvoice } from '../testing/commands.js';
import { atWork, completed, invoiced, verified } from '../testing/events.js';
import { given } from '../testing/scenario.js';
import { cents } from '../testing/values.js';

const done = [...atWork, completed(), verified()] as const;

test('the lines are added up', () => {
  const lineItems = [line(1, 9_900), line(2.5, 8_000)];
  given(...done)
    .when(generateInvoice({ lineItems, externalRef: 'INV-7' }))
    .then({ type: 'InvoiceGenerated', data: { lineItems, totalCents: cents(29_900), externalRef: 'INV-7' } });
});

test('an invoice may be empty', () => {
  given(...done)
    .when(generateInvoice())
    .then({ type: 'InvoiceGenerated', data: { lineItems: [], totalCents: cents(0), externalRef: null } });
});

test.each([
  { what: 'half a cent goes up', lines: [line(0.5, 1)], total: 1 },
  { what: 'less goes down', lines: [line(0.4, 1)], total: 0 },
  { what: 'each line by itself', lines: [line(0.5, 1), line(0.5, 1), line(0.4, 1)], total: 2 },
  { what: 'half a cent of a decimal that binary lacks, too', lines: [line(0.145, 100)], total: 15 },
  { what: 'and none is made up', lines: [line(0.1449, 100)], total: 14 },
  { what: 'no higher than money goes', lines: [line(1, MAX_CENTS), line(1, MAX_CENTS)], total: MAX_CENTS },
])('rounding: $what', ({ lines, total }) => {
  given(...done)
    .when(generateInvoice({ lineItems: lines }))
    .then(invoiced({ lineItems: lines, totalCents: cents(total) }));
});

function line(quantity: number, unitCents: number) {
  return { description: 'labour', quantity, unitCents: cents(unitCents) };
}
