import { type Instant, REQUESTERS } from '@dispatch/ticket';
import { CommandBody } from './command-body.js';
import { NestedList, OneOf, Text, Time, TimeAfter } from './fields.js';

export class ScheduleOption {
  @Time() start!: Instant;
  @TimeAfter('start') end!: Instant;
}

export class ProposeSchedule extends CommandBody {
  @NestedList(() => ScheduleOption, { min: 1, max: 10 }) options!: ScheduleOption[];
}

export class ConfirmSchedule extends CommandBody {
  @Time() start!: Instant;
  @TimeAfter('start') end!: Instant;
}

export class Reschedule extends CommandBody {
  @Text({ min: 10 }) reason!: string;
  @OneOf(REQUESTERS) requested_by!: (typeof REQUESTERS)[number];
}
