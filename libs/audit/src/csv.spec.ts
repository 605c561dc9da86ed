import { expect, test } from '@jest/globals';
import { csvHead, csvLine } from './csv.js';

test('cells are quoted where they must be, and only there', () => {
  expect(csvLine(['plain', 'a, b', 'say "so"', 'two\nlines', '', null, 3, false])).toBe(
    'plain,"a, b","say ""so""","two\nlines",,,3,false',
  );
  expect(csvLine([{ a: [1, 'x'] }])).toBe('"{""a"":[1,""x""]}"');
  expect(csvHead({ one: 1, two: null })).toBe('one,two');
});
