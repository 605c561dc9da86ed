import { expect, test } from '@jest/globals';
import { networkOf } from './network.js';

test.each([
  ['192.0.2.77', '192.0.2.0/24'],
  ['::ffff:192.0.2.77', '192.0.2.0/24'],
  ['2001:db8:12:3456:789a:bcde:f012:3456', '2001:db8:12::/48'],
  ['2001:DB8::1', '2001:db8:0::/48'],
  ['::1', '0:0:0::/48'],
  ['fe80::1%eth0', 'fe80:0:0::/48'],
  ['64:ff9b::192.0.2.77', '64:ff9b:0::/48'],
  ['somebody', null],
  ['', null],
  [undefined, null],
])('%s is of %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
