import type { Contact, Entities, Kind } from './directory.js';

/** What is said of an entity; what is left out has a default or is unknown. */
export interface Statements {
  account: { readonly name: string };
  site: Partial<Omit<Entities['site'], 'contacts'>> &
    Pick<Entities['site'], 'account_id' | 'name' | 'address1' | 'city'> & {
      readonly contacts?: readonly SaidContact[];
    };
  technician: Partial<Entities['technician']> & Pick<Entities['technician'], 'name'>;
}

export type SaidContact = Partial<Contact> & Pick<Contact, 'name'>;

/** The whole entity that a statement makes. */
export const entityOf: { readonly [K in Kind]: (said: Statements[K]) => Entities[K] } = {
  account: ({ name }) => ({ name }),
  site: (said) => ({
    account_id: said.account_id,
    name: said.name,
    address1: said.address1,
    address2: said.address2 ?? null,
    city: said.city,
    region: said.region ?? null,
    postal_code: said.postal_code ?? null,
    country: said.country ?? 'US',
    timezone: said.timezone ?? 'America/Los_Angeles',
    access_instructions: said.access_instructions ?? null,
    contacts: (said.contacts ?? []).map(contact),
  }),
  technician: ({ name, skills, provider_id, active }) => ({
    name,
    skills: skills ?? [],
    provider_id: provider_id ?? null,
    active: active ?? true,
  }),
};

const contact = (said: SaidContact): Contact => ({
  name: said.name,
  phone: said.phone ?? null,
  email: said.email ?? null,
  role: said.role ?? null,
  escalation_level: said.escalation_level ?? null,
  is_authorized_requester: said.is_authorized_requester ?? false,
  is_authorized_approver: said.is_authorized_approver ?? false,
});
