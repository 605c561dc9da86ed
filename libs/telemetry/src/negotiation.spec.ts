import { expect, test } from '@jest/globals';
import { formatFor } from './negotiation.js';

test.each([
  [undefined, 'json'],
  ['', 'json'],
  ['*/*', 'json'],
  ['application/json', 'json'],
  ['text/html', 'json'],
  ['application/json, text/plain, */*', 'json'],
  ['text/plain;q=0, */*;q=0.1', 'json'],
  ['constructor, toString', 'json'],
  ['text/plain', 'prometheus'],
  ['TEXT/PLAIN; version=0.0.4', 'prometheus'],
  ['text/plain;q=0.9, application/json;q=0.5', 'prometheus'],
  ['application/openmetrics-text', 'openmetrics'],
  // As Prometheus itself asks.
  [
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
    'openmetrics',
  ],
])('Accept: %s → %s', (accept, format) => {
  expect(formatFor(accept)).toBe(format);
});
