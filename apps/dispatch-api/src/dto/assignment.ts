import {
  DISPATCH_MODES,
  type DispatchMode,
  OVERRIDE_TYPES,
  REASSIGN_REASONS,
  type TechId,
  type Uuid,
} from '@dispatch/ticket';
import { CommandBody } from './command-body.js';
import { Id, Nested, OneOf, Text, unless } from './fields.js';

export class ManagerConfirmation {
  @Text({ max: 200, about: 'Actor id of the manager' }) manager_id!: string;
  @Text({ optional: true }) note?: string;
}

export class Dispatch extends CommandBody {
  @Id() tech_id!: TechId;
  @Id({ optional: true }) provider_id?: Uuid;
  @Text({ optional: true }) notes?: string;
  @OneOf(DISPATCH_MODES, { optional: true }) dispatch_mode?: DispatchMode;
  @Text({
    min: 10,
    optional: unless('dispatch_mode', 'EMERGENCY_BYPASS'),
    about: 'Needed with EMERGENCY_BYPASS',
  })
  reason?: string;
  @Nested(() => ManagerConfirmation, { optional: true }) manager_confirmation?: ManagerConfirmation;
}

export class Reassign extends CommandBody {
  @OneOf(OVERRIDE_TYPES) override_type!: (typeof OVERRIDE_TYPES)[number];
  @OneOf(REASSIGN_REASONS) reason_code!: (typeof REASSIGN_REASONS)[number];
  @Text({ min: 10 }) note!: string;
  @Id({
    optional: unless('override_type', 'reassign_tech'),
    about: 'Needed with reassign_tech',
  })
  tech_id?: TechId;
  @Id({
    optional: unless('override_type', 'reassign_provider'),
    about: 'Needed with reassign_provider',
  })
  provider_id?: Uuid;
}
