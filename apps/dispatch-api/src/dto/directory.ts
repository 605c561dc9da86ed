import type { Kind } from '@dispatch/directory';
import type { Uuid } from '@dispatch/ticket';
import { Flag, Id, NestedList, Pattern, Text, Texts, Whole, Zone } from './fields.js';

export class AccountBody {
  @Text({ max: 200 }) name!: string;
}

export class ContactBody {
  @Text({ max: 200 }) name!: string;
  @Text({ max: 50, optional: true }) phone?: string;
  @Text({ max: 320, optional: true }) email?: string;
  @Text({ max: 100, optional: true }) role?: string;
  @Whole({ min: 0, max: 1000, optional: true }) escalation_level?: number;
  @Flag({ optional: true }) is_authorized_requester?: boolean;
  @Flag({ optional: true }) is_authorized_approver?: boolean;
}

export class SiteBody {
  @Id() account_id!: Uuid;
  @Text({ max: 200 }) name!: string;
  @Text({ max: 200 }) address1!: string;
  @Text({ max: 200, min: 0, optional: true }) address2?: string;
  @Text({ max: 100 }) city!: string;
  @Text({ max: 100, min: 0, optional: true }) region?: string;
  @Text({ max: 20, min: 0, optional: true }) postal_code?: string;
  @Pattern(/^[A-Z]{2}$/, 'must be an ISO 3166 country code of two letters', { optional: true, about: 'Default US' })
  country?: string;
  @Zone({ optional: true, about: 'IANA name; default America/Los_Angeles' }) timezone?: string;
  @Text({ max: 10_000, min: 0, optional: true }) access_instructions?: string;
  @NestedList(() => ContactBody, { max: 50, optional: true }) contacts?: ContactBody[];
}

export class TechnicianBody {
  @Text({ max: 200 }) name!: string;
  @Texts({ max: 100, length: 100, optional: true }) skills?: string[];
  @Id({ optional: true }) provider_id?: Uuid;
  @Flag({ optional: true, about: 'Default true' }) active?: boolean;
}

interface Bodies {
  account: AccountBody;
  site: SiteBody;
  technician: TechnicianBody;
}

/** Each kind's body; the whole entity that it states is the directory's to say: see entityOf. */
export const directoryBodies: { readonly [K in Kind]: new () => Bodies[K] } = {
  account: AccountBody,
  site: SiteBody,
  technician: TechnicianBody,
};
