import { isIPv4, isIPv6 } from 'node:net';

/**
 * The network of an address: the first 24 bits of IPv4, the first 48 of IPv6. It tells an attack from a mistake, and
 * where to ask; it is not the address of a person, which could never be taken out of the log again. Null for what is no
 * address.
 */
export function networkOf(address: string | undefined): string | null {
  if (address === undefined) return null;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const v4 = mapped ?? address;
  if (isIPv4(v4)) return `${v4.split('.').slice(0, 3).join('.')}.0/24`;
  const [v6 = ''] = address.split('%');
  if (!isIPv6(v6)) return null;
  const [head = '', tail] = v6.toLowerCase().split('::');
  const groups = (text: string | undefined) => (text ? text.split(':') : []);
  const [first, last] = [groups(head), groups(tail)];
  // An IPv4 address at the end stands for two groups; it is never among the first three of a network.
  const written = first.length + last.length + (v6.includes('.') ? 1 : 0);
  const all = tail === undefined ? first : [...first, ...Array<string>(8 - written).fill('0'), ...last];
  const named = all.slice(0, 3).map((group) => Number.parseInt(group, 16).toString(16));
  return `${named.join(':')}::/48`;
}
