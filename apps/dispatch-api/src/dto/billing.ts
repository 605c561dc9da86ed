import type { Cents } from '@dispatch/ticket';
import { CommandBody } from './command-body.js';
import { Money, NestedList, Quantity, Text } from './fields.js';

export class InvoiceLine {
  @Text({ max: 500 }) description!: string;
  @Quantity({ max: 1_000_000 }) quantity!: number;
  @Money() unit_cents!: Cents;
}

export class GenerateInvoice extends CommandBody {
  @NestedList(() => InvoiceLine, { max: 500, optional: true }) line_items?: InvoiceLine[];
  @Text({ max: 200, optional: true }) external_ref?: string;
}

export class CloseTicket extends CommandBody {
  @Text({ optional: true }) reason?: string;
}
