import { expect, it } from '@jest/globals';

import { printServerAddress, scanServerAddress } from './server-address.ts';

it.each([
  ['192.0.2.1', '192.0.2.1:53'],
  ['192.0.2.1:5353', '192.0.2.1:5353'],
  ['2001:db8::1', '[2001:db8::1]:53'],
  ['[2001:db8::1]', '[2001:db8::1]:53'],
  ['[2001:db8::1]:5353', '[2001:db8::1]:5353'],
  ['ns1.example.com', 'ns1.example.com:53'],
  ['ns1.example.com:65535', 'ns1.example.com:65535'],
])('the server %s is %s', (text, printed) => {
  const address = scanServerAddress(text);
  expect(address && printServerAddress(address)).toBe(printed);
});

it.each([
  '',
  ':53',
  '192.0.2.1:',
  '192.0.2.1:0',
  '192.0.2.1:65536',
  '192.0.2.1:53:53',
  '[192.0.2.1]:53',
  '[2001:db8::1',
  'tcp://x',
  'a b',
])('the server %j is refused', (text) => {
  expect(scanServerAddress(text)).toBeUndefined();
});
