import type { Credentials } from '../api/credentials.js';

/**
 * Who somebody is on this device, without asking the service: what waits is sent by nobody else, and by the same person
 * with a newer token. A name for a drawer, not a proof; the service checks the token itself.
 */
export function actorKeyOf(credentials: Credentials): string {
  if (credentials.kind === 'development')
    return ['development', credentials.actorId, credentials.role, credentials.technicianId ?? ''].join('|');
  const { iss, sub, role, technician_id: technician } = claimsOf(credentials.token);
  return ['token', iss, sub, role, technician].map(textOf).join('|');
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The claims as they stand in a JWT, unchecked; none where it is no JWT. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  const [, payload = ''] = token.split('.');
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
