import { describe, expect, it } from '@jest/globals';
import { isAddressWithin, isCidrWithin, networkOf, normalCidr } from './cidr.js';

describe('a CIDR', () => {
  it.each([
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['192.0.2.7', '192.0.2.7/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8::1/32', '2001:db8::/32'],
    ['::1', '::1/128'],
  ])('%s is kept as %s', (given, kept) => {
    expect(normalCidr(given)).toBe(kept);
  });

  it.each([
    '',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.1/8',
    '0xa.0.0.0/8',
    '012.0.0.0/8',
    'example.org',
    '::ffff:10.0.0.0/104',
    'fe80::1%eth0/64',
    '::/129',
  ])('%j is none', (given) => {
    expect(normalCidr(given)).toBeNull();
  });

  it.each<[string, string[], boolean]>([
    ['10.9.9.9', ['10.0.0.0/8'], true],
    ['::ffff:10.9.9.9', ['10.0.0.0/8'], true],
    ['11.0.0.1', ['10.0.0.0/8', '11.0.0.0/24'], true],
    ['11.0.1.1', ['10.0.0.0/8', '11.0.0.0/24'], false],
    ['2001:db8::5', ['2001:db8::/32'], true],
    ['2001:db9::5', ['2001:db8::/32', '0.0.0.0/0'], false],
    ['', ['0.0.0.0/0'], false],
  ])('of %s within %j: %j', (address, cidrs, isWithin) => {
    expect(isAddressWithin(address, cidrs)).toBe(isWithin);
  });

  it.each<[string, string[], boolean]>([
    ['10.1.0.0/16', ['10.0.0.0/8'], true],
    ['10.0.0.0/8', ['10.0.0.0/8'], true],
    ['10.0.0.0/7', ['10.0.0.0/8'], false],
    ['0.0.0.0/0', ['10.0.0.0/8', '11.0.0.0/8'], false],
    ['::/0', ['0.0.0.0/0'], false],
  ])('%s lies in one of %j: %j', (inner, outers, isWithin) => {
    expect(isCidrWithin(inner, outers)).toBe(isWithin);
  });
});

describe('the network of an address', () => {
  it.each([
    ['10.1.2.3', '10.1.2.3'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['::ffff:a01:203', '10.1.2.3'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::', '2001:db8:1:3::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
    ['::1', '::/64'],
    ['', ''],
    ['unknown', 'unknown'],
  ])('%j is %j', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
