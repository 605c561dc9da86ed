import { type Entities, entityOf, type Kind, type SaidContact, type Statements } from '@dispatch/directory';
import type { Json } from '@dispatch/event-store';
import {
  type Fields,
  flag,
  fromFields,
  type FromFields,
  id,
  isObject,
  list,
  may,
  must,
  number,
  object,
  text,
  verbatim,
} from './field.js';

const contact: Fields<SaidContact> = {
  name: must(text),
  phone: may(text),
  email: may(text),
  role: may(text),
  escalation_level: may(number),
  is_authorized_requester: may(flag),
  is_authorized_approver: may(flag),
};

/** The body of every statement of the directory, as ticket-requests.ts has those of tickets. */
const bodies: { readonly [K in Kind]: FromFields<Statements[K]> } = {
  account: fromFields<Statements['account']>({ name: must(text) }),
  site: fromFields<Statements['site']>({
    account_id: must(id),
    name: must(text),
    address1: must(text),
    address2: may(text),
    city: must(text),
    region: may(text),
    postal_code: may(text),
    country: may(verbatim),
    timezone: may(verbatim),
    access_instructions: may(text),
    contacts: may(list(object(contact))),
  }),
  technician: fromFields<Statements['technician']>({
    name: must(text),
    skills: may(list(text)),
    provider_id: may(id),
    active: may(flag),
  }),
};

export type DirectoryRequest<K extends Kind> = { readonly entity: Entities[K] } | { readonly fault: string };

/** The entity that a recorded request states. */
export function directoryRequest<K extends Kind>(kind: K, request: Json): DirectoryRequest<K> {
  if (!isObject(request)) return { fault: 'the request is not an object' };
  const from: FromFields<Statements[K]> = bodies[kind];
  const { read, fault } = from(request);
  return fault === undefined ? { entity: entityOf[kind](read) } : { fault };
}
