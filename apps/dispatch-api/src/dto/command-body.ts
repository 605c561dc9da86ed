import { Whole } from './fields.js';

/** What every command's body may carry. */
export class CommandBody {
  @Whole({
    min: -1,
    max: Number.MAX_SAFE_INTEGER,
    optional: true,
    about: 'Refuse with VERSION_CONFLICT unless the ticket has this version; -1: unless there is none yet',
  })
  expected_version?: number;
}
