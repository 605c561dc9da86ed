/** Injection tokens of the plain functions and values that the module is wired from. */
export const POLICY = Symbol('POLICY');
export const RECOGNISE = Symbol('RECOGNISE');
export const RUN_TOOL = Symbol('RUN_TOOL');
export const STREAMS = Symbol('STREAMS');
export const TICKET_READS = Symbol('TICKET_READS');
export const DIRECTORY = Symbol('DIRECTORY');
export const READS = Symbol('READS');
export const PROOFS = Symbol('PROOFS');
export const EVENTS = Symbol('EVENTS');
export const CLOCK = Symbol('CLOCK');
export const READINESS = Symbol('READINESS');
export const METERS = Symbol('METERS');
export const COUNTS = Symbol('COUNTS');
export const SIGNALS = Symbol('SIGNALS');
export const OPS_SETTINGS = Symbol('OPS_SETTINGS');
export const COUNT_ACTOR = Symbol('COUNT_ACTOR');
