import type { Priority } from '@dispatch/ticket';

/** What made-up people, places and calls are called. */
export const ACCOUNT_NAMES = [
  'Harbour Books',
  'Bäckerei Größler',
  'Nordlys Apotek',
  'Café Été',
  'Sakura Dental 桜',
  'Łódź Textiles',
  'Kestrel Logistics',
  "O'Malley & Daughters",
  'Plaza Mayor Hostal',
  'Ζέφυρος Foods',
  'Blue Heron Clinics',
  'Tanaka Optics',
] as const;

export const PLACES = [
  { city: 'Oakland', region: 'CA', postal: '946', country: 'US', timezone: 'America/Los_Angeles' },
  { city: 'San José', region: 'CA', postal: '951', country: 'US', timezone: 'America/Los_Angeles' },
  { city: 'Phoenix', region: 'AZ', postal: '850', country: 'US', timezone: 'America/Phoenix' },
  { city: 'Denver', region: 'CO', postal: '802', country: 'US', timezone: 'America/Denver' },
  { city: 'St. Louis', region: 'MO', postal: '631', country: 'US', timezone: 'America/Chicago' },
  { city: 'New York', region: 'NY', postal: '100', country: 'US', timezone: 'America/New_York' },
  { city: 'Montréal', region: 'QC', postal: 'H2X', country: 'CA', timezone: 'America/Toronto' },
] as const;

export const STREETS = ['Pier Road', 'Market Street', 'Rue Saint-Denis', 'Mission Avenue', 'Łazienki Way'] as const;
export const FIRST_NAMES = [
  'Ines',
  'Mo',
  'Zoë',
  'José',
  'Aiko',
  'Björn',
  'Nkechi',
  'Siobhán',
  'Tom',
  'Agnieszka',
] as const;
export const LAST_NAMES = ['Alvarez', 'Nguyễn', 'Okafor', 'Müller', 'Smith', 'Sato', "O'Neill", 'Kowalska'] as const;
export const SKILLS = ['locks', 'doors', 'closers', 'operators', 'glazing', 'welding'] as const;
export const CHANNELS = ['phone', 'email', 'portal', 'agent'] as const;
export const RISKS = ['after_hours', 'vip', 'medical_site', 'working_at_height', 'repeat_call'] as const;

/** How calls begin, whatever the incident. */
export const SUMMARIES = [
  'Front door will not latch',
  'Closer leaks oil on the mat and the door slams',
  'Sliding door stops half way, sensor blinking',
  'Shop stands open to the street 🚨',
  'Panic bar broken, needs a new one',
  'Glass cracked from corner to corner',
  'Tür schließt nicht, Kundschaft friert',
  'La porte du café ne ferme plus',
  'La cerradura está rota y no gira la llave',
  '自動ドアが開いたままです',
  'Drzwi wejściowe nie domykają się',
  'Back entrance: key turns, bolt stays',
] as const;

export const MISSING = ['photo of the lock', 'access hours', 'name of the contact', 'serial number'] as const;
export const WHY_CANCELLED = [
  'The customer fixed it themselves',
  'Reported twice, see the other ticket',
  'The tenant has moved out meanwhile',
] as const;
export const WHY_RESCHEDULED = [
  'Nobody is on site that morning',
  'The van broke down on the way',
  'Inventory day, the shop is closed',
] as const;
export const WHY_REASSIGNED = ['The earlier job runs into the night', 'Needs somebody who can weld'] as const;
export const WHY_HELD = [
  'A lock case is on its way from the supplier',
  'The door is behind a locked shutter',
  'Scaffolding has to be put up before',
] as const;
export const WHY_CHANGED = ['The lock case is broken and must be replaced', 'The frame is bent as well'] as const;
export const WHY_FAILED = ['The photo shows another door', 'Latch speed is not within the norm'] as const;
export const WHY_UNSIGNED = ['Nobody was there to sign at night', 'The contact had to leave earlier'] as const;
export const BYPASS_REASONS = ['The shop stands open to the street', 'People are locked in the vestibule'] as const;

/** How much of a routine ticket's waits a more urgent one takes. */
export const PACE: Readonly<Record<Priority, number>> = { EMERGENCY: 0.05, URGENT: 0.3, ROUTINE: 1 };
export const PRIORITY_WEIGHTS: Readonly<Record<Priority, number>> = { EMERGENCY: 10, URGENT: 30, ROUTINE: 60 };
