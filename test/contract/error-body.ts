import { expect } from '@jest/globals';
import type { Reply } from '../support/api.js';

/** The Idempotency-Key of requests whose refusal is compared as a whole. */
export const KEY = '6f1c1a0e-0000-4000-8000-00000000000a';

/** The whole error body (CONTRACT section 3). */
export const body = (code: string, details: object = {}, requestId: string | null = KEY) => ({
  error: { code, message: expect.stringMatching(/\S/), request_id: requestId, ...details },
});

export function expectError({ status, json, headers }: Reply, expected: number, error: object): void {
  expect(json).toEqual(error);
  expect(status).toBe(expected);
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
}
