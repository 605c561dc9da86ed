import { type Checklist, type Instant, type OpenObject, QA_RESULTS } from '@dispatch/ticket';
import { CommandBody } from './command-body.js';
import { Booleans, Flag, OneOf, OpenField, OpenFields, Pattern, Text, Texts, Time, unless, Whole } from './fields.js';

export class AddEvidence extends CommandBody {
  @Text({ max: 100, about: 'PHOTO, NOTE, SIGNATURE or a word of your own' }) kind!: string;
  @Text({ max: 2048, about: 'Whether it names an object of the store is checked at completion' }) uri!: string;
  @Text({ max: 200, optional: true }) evidence_key?: string;
  @Pattern(/^sha256:[0-9a-fA-F]{64}$/, 'must be sha256: and 64 hexadecimal digits', { optional: true })
  checksum?: string;
  @OpenField({ optional: true }) metadata?: OpenObject;
}

export class WithdrawEvidence extends CommandBody {
  @Text({ min: 10 }) reason!: string;
}

export class RecordChecklist extends CommandBody {
  @Booleans() items!: Checklist;
  @Text({ min: 10, optional: true }) no_signature_reason?: string;
}

export class CompleteWork extends CommandBody {
  @Booleans({ about: 'Laid over the recorded checklist' }) checklist_status!: Checklist;
  @Text({ min: 10, optional: true }) no_signature_reason?: string;
  @Texts({ max: 200, length: 2048, optional: true }) evidence_refs?: string[];
  @Time({ optional: true }) timestamp?: Instant;
  @Text({ max: 10_000, optional: true }) completion_notes?: string;
  @Text({ max: 2048, optional: true }) signature_ref?: string;
  @Whole({ min: 0, max: 100_000, optional: true }) labor_minutes?: number;
  @OpenFields({ max: 200, optional: true }) parts_used?: OpenObject[];
}

export class VerifyWork extends CommandBody {
  @Time() timestamp!: Instant;
  @OneOf(QA_RESULTS) result!: (typeof QA_RESULTS)[number];
  @Text({ optional: unless('result', 'FAIL'), about: 'Needed with FAIL' }) notes?: string;
  @Flag({ optional: true, about: 'With FAIL: work goes on' }) return_to_work?: boolean;
}
