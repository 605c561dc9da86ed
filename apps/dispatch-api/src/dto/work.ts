import {
  APPROVAL_DECISIONS,
  APPROVAL_TYPES,
  type ApprovalDecision,
  type ApprovalType,
  type Cents,
  HOLD_REASONS,
  type Instant,
  type OpenObject,
  type Uuid,
} from '@dispatch/ticket';
import { CommandBody } from './command-body.js';
import { Flag, Id, Money, OneOf, OpenField, Text, Texts, Time } from './fields.js';

export class CheckIn extends CommandBody {
  @Time() timestamp!: Instant;
  @OpenField({ optional: true }) location?: OpenObject;
}

export class RequestChange extends CommandBody {
  @OneOf(APPROVAL_TYPES) approval_type!: ApprovalType;
  @Text() reason!: string;
  @Money({ optional: true }) amount_delta_cents?: Cents;
  @Texts({ max: 200, length: 2048, optional: true }) evidence_refs?: string[];
}

export class DecideApproval extends CommandBody {
  @Id() approval_id!: Uuid;
  @OneOf(APPROVAL_DECISIONS) decision!: ApprovalDecision;
  @Text({ optional: true }) notes?: string;
}

export class HoldWork extends CommandBody {
  @OneOf(HOLD_REASONS) reason_code!: (typeof HOLD_REASONS)[number];
  @Text({ min: 10 }) note!: string;
}

export class ResumeWork extends CommandBody {
  @Flag({ optional: true, about: 'Another visit is needed: back to scheduling' }) return_visit?: boolean;
  @Text({ optional: true }) note?: string;
}
