/** Who the pages act as. Development headers work only where the service says so in /ux/config. */
export type Credentials =
  | { readonly kind: 'token'; readonly token: string }
  | {
      readonly kind: 'development';
      readonly actorId: string;
      readonly role: string;
      /** Only a technician may be bound to one. */
      readonly technicianId?: string;
    };

/** The headers that say it (contract, section 3). */
export const headersOf = (credentials: Credentials): Record<string, string> =>
  credentials.kind === 'token'
    ? { authorization: `Bearer ${credentials.token}` }
    : {
        'x-actor-id': credentials.actorId,
        'x-actor-role': credentials.role,
        ...(credentials.technicianId ? { 'x-technician-id': credentials.technicianId } : {}),
      };
