import {
  PRIORITIES,
  TRIAGE_OUTCOMES,
  type Cents,
  type OpenObject,
  type Priority,
  type TriageOutcome,
  type Uuid,
} from '@dispatch/ticket';
import { CommandBody } from './command-body.js';
import { Code, Flag, Id, Money, OneOf, OpenField, OpenFields, Text, Texts } from './fields.js';

export class CreateTicket extends CommandBody {
  @Id() account_id!: Uuid;
  @Id({ about: 'A site of that account' }) site_id!: Uuid;
  @Text({ max: 500 }) summary!: string;
  @Id({ optional: true }) asset_id?: Uuid;
  @Text({ max: 10_000, min: 0, optional: true }) description?: string;
  @Money({ optional: true, about: 'Not to exceed; default 0' }) nte_cents?: Cents;
  @Text({ max: 100, optional: true }) channel?: string;
  @OpenField({ optional: true }) requester_contact?: OpenObject;
  @OpenFields({ max: 100, optional: true }) attachments?: OpenObject[];
}

export class RequestInfo extends CommandBody {
  @Texts({ min: 1, max: 20, length: 200 }) missing_fields!: string[];
  @Text({ optional: true }) message?: string;
}

export class Triage extends CommandBody {
  @OneOf(PRIORITIES) priority!: Priority;
  @Code({ about: 'Unknown types are accepted here and cannot be completed' }) incident_type!: string;
  @Money({ optional: true }) nte_cents?: Cents;
  @Texts({ max: 50, length: 200, optional: true }) risk_flags?: string[];
  @Text({ max: 10_000, optional: true }) notes?: string;
  @OneOf(TRIAGE_OUTCOMES, { optional: true }) workflow_outcome?: TriageOutcome;
  @Flag({ optional: true }) requires_approval?: boolean;
  @Flag({ optional: true }) ready_to_schedule?: boolean;
  @Text({ optional: true }) approval_reason?: string;
  @Money({ optional: true }) approval_amount_delta_cents?: Cents;
}

export class CancelTicket extends CommandBody {
  @Text({ min: 10 }) reason!: string;
}
