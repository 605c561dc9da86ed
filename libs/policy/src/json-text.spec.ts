import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readJson } from './json-text.js';

test.each([
  ['', 'line 1, column 1: ends too early'],
  ['{"a": 1,\n "b": }', 'line 2, column 7: unexpected }'],
  ['{"a": 1,}', 'line 1, column 9: unexpected }'],
  ['[1, 2', 'line 1, column 6: ends too early'],
  ['[1] x', 'line 1, column 5: unexpected x'],
  ['{"a": 01}', 'line 1, column 8: unexpected 1'],
  ["{'a': 1}", "line 1, column 2: unexpected '"],
  ['{"a" 1}', 'line 1, column 6: unexpected 1'],
  ['{1: 1}', 'line 1, column 2: unexpected 1'],
  ['"a\nb"', 'line 1, column 1: unexpected "'],
  ['[1 2]', 'line 1, column 4: unexpected 2'],
  ['{"a": {"b/c": [0, {"d": 1, "\\u0064": 2}]}}', "/a/b~1c/1/d: duplicate key 'd'"],
])('%j: %s', (text, message) => {
  expect(() => readJson('sla.json', text)).toThrow(`policy/sla.json ${message}`);
});

test('the same key may stand in two objects', () => {
  expect(readJson('x.json', '[{"a": 1}, {"a": {"a": 2}}]')).toEqual([{ a: 1 }, { a: { a: 2 } }]);
});

test('what JSON.stringify writes is read back', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 2, '\t'), (json, indent) => {
      const text = JSON.stringify(JSON.parse(json), null, indent);
      expect(readJson('x.json', text)).toEqual(JSON.parse(text));
    }),
  );
});

test('what JSON.parse refuses is refused', () => {
  const pieces = fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '"b"', '1', '-', '.5', 'e3', 'true', 'nul', ' ');
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
      const text = parts.join('');
      const valid = outcome(() => JSON.parse(text));
      if (!valid) expect(outcome(() => readJson('x.json', text))).toBe(false);
      else expect(() => readJson('x.json', text)).not.toThrow(/unexpected|too early/);
    }),
    { numRuns: 2000 },
  );
});

function outcome(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
