import { type Cents, invoiceTotal, MAX_CENTS } from '@dispatch/ticket';
import { ValidateBy } from 'class-validator';
import { CommandBody } from './command-body.js';
import { Money, NestedList, Quantity, Text } from './fields.js';

export class InvoiceLine {
  @Text({ max: 500 }) description!: string;
  @Quantity({ max: 1_000_000 }) quantity!: number;
  @Money() unit_cents!: Cents;
}

/** The total must be as small as any other amount; lines that are wrong in themselves are refused by their fields. */
function WithinMoney(): PropertyDecorator {
  const within = (lines: unknown): boolean => {
    const known = Array.isArray(lines) ? lines.filter((line) => line instanceof InvoiceLine) : [];
    const total = invoiceTotal(known.map(({ quantity, unit_cents: unitCents }) => ({ quantity, unitCents })));
    return !(total > MAX_CENTS);
  };
  const defaultMessage = () => `$property must not add up to more than ${MAX_CENTS} cents`;
  return ValidateBy({ name: 'withinMoney', validator: { validate: within, defaultMessage } });
}

export class GenerateInvoice extends CommandBody {
  @NestedList(() => InvoiceLine, { max: 500, optional: true })
  @WithinMoney()
  line_items?: InvoiceLine[];
  @Text({ max: 200, optional: true }) external_ref?: string;
}

export class CloseTicket extends CommandBody {
  @Text({ optional: true }) reason?: string;
}
