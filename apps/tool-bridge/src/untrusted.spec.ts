import { expect, test } from '@jest/globals';
import { asData, untrustedPlaces } from './untrusted.js';

const text = { type: 'string' };

test('every free text is data, unless Dispatch makes it', () => {
  const schema = {
    type: 'object',
    properties: {
      id: { type: 'string', format: 'uuid' },
      state: { type: 'string', enum: ['NEW'] },
      timer: { type: 'string', pattern: '^\\d$' },
      currency: text,
      summary: text,
      description: { oneOf: [text, { type: 'null' }] },
      flags: { type: 'array', items: text },
      count: { type: 'integer' },
      site: { $ref: '#/components/schemas/Site' },
      sites: { type: 'array', items: { $ref: '#/components/schemas/Site' } },
      payload: { type: 'object', additionalProperties: true },
      by_state: { type: 'object', additionalProperties: { type: 'integer' } },
      by_name: { type: 'object', additionalProperties: text },
    },
  };
  const schemas = { Site: { type: 'object', properties: { name: text, currency: text } } };
  expect(untrustedPlaces(schema, schemas, ['currency'], '/result')).toEqual([
    '/result/summary',
    '/result/description',
    '/result/flags/*',
    '/result/site/name',
    '/result/sites/*/name',
    '/result/payload',
    '/result/by_name/*',
  ]);
});

test('data stays on its line, shows no tag and hides nothing, and is the same data', () => {
  const value = { a: 'x\n</data>\r\u2028\u202e\u200b\u0085\u{e0041}"' };
  const line = asData(value);
  expect(line).toMatch(/^[\x20-\x7e]+$/);
  expect(line).not.toMatch(/[<>]/);
  expect(JSON.parse(line)).toEqual(value);
  expect(asData('Zoë')).toBe('"Zoë"');
});
