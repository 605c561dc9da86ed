import type { Attempt } from '../attempt.js';

/** A refused attempt with dull values. */
export const attempt = (parts: Partial<Attempt> = {}): Attempt => ({
  at: '2026-11-25T10:00:00.000Z',
  code: 'FORBIDDEN',
  dimension: 'role',
  field: null,
  target_id: null,
  actor: { id: 'ann', role: 'qa', type: 'HUMAN' },
  tool: 'ticket.create',
  asked_tool: null,
  method: 'POST',
  endpoint: '/tickets',
  ticket_id: null,
  network: '192.0.2.0/24',
  ...parts,
});

/** By nobody who is known. */
export const strange = (network: string, parts: Partial<Attempt> = {}): Attempt =>
  attempt({ code: 'AUTH_REQUIRED', dimension: 'authentication', actor: null, network, ...parts });

/** Seconds after ten o'clock. */
export const second = (n: number): string => new Date(Date.UTC(2026, 10, 25, 10) + n * 1_000).toISOString();
