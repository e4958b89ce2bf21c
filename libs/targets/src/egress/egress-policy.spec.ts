import { describe, expect, it } from '@jest/globals';
import { EgressPolicy } from './egress-policy.js';
import { parseEgressRule } from './egress-rule.js';

const refusalOf = (egressAllow: string[], address: string, port = 80, hostname = address): string | null =>
  EgressPolicy.parse(egressAllow).refusalOf({ hostname, address, port });

const refusalOfUrl = (egressAllow: string[], url: string): string | null =>
  EgressPolicy.parse(egressAllow).refusalOfUrl(new URL(url));

describe('EgressPolicy', () => {
  it.each(['1.1.1.1', '93.184.216.34', '2606:4700:4700::1111', '::ffff:1.1.1.1', '64:ff9b::101:101'])(
    'allows the public address %s by default',
    (address) => expect(refusalOf([], address)).toBeNull(),
  );

  it.each([
    ['loopback', '127.0.0.1'],
    ['loopback, far end', '127.255.255.254'],
    ['loopback v6', '::1'],
    ['unspecified', '0.0.0.0'],
    ['unspecified v6', '::'],
    ['this network', '0.1.2.3'],
    ['private 10/8', '10.0.0.1'],
    ['private 172.16/12', '172.31.255.1'],
    ['private 192.168/16', '192.168.1.1'],
    ['carrier-grade NAT', '100.64.0.1'],
    ['link-local', '169.254.1.1'],
    ['multicast', '224.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['reserved', '240.0.0.1'],
    ['benchmarking', '198.18.0.1'],
    ['documentation', '203.0.113.7'],
    ['unique local', 'fd12:3456::1'],
    ['link-local v6', 'fe80::1'],
    ['link-local v6 with a zone', 'fe80::1%eth0'],
    ['site-local v6', 'fec0::1'],
    ['multicast v6', 'ff02::1'],
    ['documentation v6', '2001:db8::1'],
    ['Teredo', '2001:0:4136:e378::1'],
    ['local NAT64', '64:ff9b:1::a00:1'],
    ['documentation v6, the newer', '3fff::1'],
    ['ORCHID', '2001:10::1'],
    ['ORCHID v2', '2001:20::1'],
    ['benchmarking v6', '2001:2::1'],
    ['discard-only', '100::1'],
    ['6to4 relays', '192.88.99.1'],
    ['protocol assignments', '192.0.0.8'],
    ['AS112', '192.175.48.1'],
    ['segment routing', '5f00::1'],
    ['NAT64 of the metadata service', '64:ff9b::a9fe:a9fe'],
    ['6to4 of the metadata service', '2002:a9fe:a9fe::1'],
    ['Azure, mapped', '::ffff:168.63.129.16'],
    ['Azure by NAT64', '64:ff9b::a83f:8110'],
    ['outside global unicast', '4000::1'],
    ['mapped loopback', '::ffff:127.0.0.1'],
    ['mapped private, in hex', '::ffff:a00:1'],
    ['translated private', '::ffff:0:a00:1'],
    ['compatible loopback', '::7f00:1'],
    ['NAT64 of a private address', '64:ff9b::a00:1'],
    ['6to4 of a private address', '2002:a00:1::1'],
    ['no address at all', 'localhost'],
    ['an address in decimal', '2130706433'],
  ])('denies %s by default', (_, address) => expect(refusalOf([], address)).not.toBeNull());

  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0177.0.0.1/',
    'http://0x7f.0.0.1/',
    'http://0x7f000001/',
    'http://127.1/',
    'http://127.0.1/',
    'http://127.0.0.1./',
    'http://①②⑦.⓪.⓪.①/',
    'http://127。0。0。1/',
    'http://%31%32%37.0.0.1/',
    'http://0/',
    'http://[::1]/',
    'http://[0:0:0:0:0:0:0:1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[::127.0.0.1]/',
    'http://3232235777/',
    'https://10.1/',
    'http://169.254.169.254/latest/meta-data',
    'http://[fd00:ec2::254]/',
    'http://1.1.1.1@127.0.0.1/',
    'http://user@example.com/',
    'http://:secret@example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'data:text/plain,x',
  ])('refuses the URL %s', (url) => expect(refusalOfUrl([], url)).not.toBeNull());

  it.each(['http://example.com/', 'https://example.com:8443/a?b', 'https://1.1.1.1/', 'http://localhost/'])(
    'leaves %s to the check of its addresses',
    (url) => expect(refusalOfUrl([], url)).toBeNull(),
  );

  it.each([
    ['10.0.0.0/8', '10.9.8.7', 80, true],
    ['10.0.0.0/8', '11.9.8.7', 80, true], // public anyway
    ['10.0.0.0/8', '192.168.0.1', 80, false],
    ['10.0.0.0/8', '::ffff:10.1.1.1', 80, true],
    ['127.0.0.0/8:8080', '127.0.0.1', 8080, true],
    ['127.0.0.0/8:8080', '127.0.0.1', 8081, false],
    ['127.0.0.1:8000-8999', '127.0.0.1', 8500, true],
    ['127.0.0.1:8000-8999', '127.0.0.1', 9000, false],
    ['127.0.0.1', '127.0.0.2', 80, false],
    ['::1/128', '::1', 80, true],
    ['::1', '::1', 80, true],
    ['[::1]:3000', '::1', 3000, true],
    ['[::1]:3000', '::1', 3001, false],
    ['fd00::/8', 'fd12::1', 80, true],
    ['fd00::/8:443', 'fd12::1', 80, false],
    ['[fd00::]/8:443', 'fd12::1', 443, true],
    ['::1', '127.0.0.1', 80, false],
  ])('with %s: %s on port %d is allowed: %s', (entry, address, port, isAllowed) =>
    expect(refusalOf([entry], address, port) === null).toBe(isAllowed),
  );

  it.each([
    ['internal.example', 'internal.example', true],
    ['Internal.Example', 'INTERNAL.example.', true],
    ['internal.example', 'x.internal.example', false],
    ['*.svc.local', 'a.svc.local', true],
    ['*.svc.local', 'a.b.svc.local', true],
    ['*.svc.local', 'svc.local', false],
    ['*.svc.local', 'evilsvc.local', false],
    ['internal.example:443', 'internal.example', false],
  ])('with %s: the private addresses of %s are allowed: %s', (entry, hostname, isAllowed) =>
    expect(refusalOf([entry], '10.0.0.1', 80, hostname) === null).toBe(isAllowed),
  );

  it.each(['169.254.169.254', '168.63.129.16', '100.100.100.200', 'fd00:ec2::254', '::ffff:169.254.169.254'])(
    'keeps the metadata address %s closed to hosts and networks, and opens it to its own address only',
    (address) => {
      const wide = ['0.0.0.0/0', '::/0', 'metadata.internal'];
      expect(refusalOf(wide, address, 80, 'metadata.internal')).not.toBeNull();
      expect(refusalOf(['169.254.0.0/16', 'fd00::/8'], address)).not.toBeNull();
      expect(refusalOf([address.replace('::ffff:', '')], address)).toBeNull();
      expect(
        refusalOf([`${address.replace('::ffff:', '')}/128`.replace(/^(\d+\..*)128/, '$132')], address),
      ).toBeNull();
    },
  );

  it.each([
    '',
    '*',
    'a b',
    'http://x',
    '10.0.0.0/33',
    '127.1',
    '10.0.0',
    '0x7f.1',
    'host:0',
    'host:70000',
    'h:9-8',
    '::1/200',
    'a/8',
  ])('refuses to start with the entry "%s"', (entry) =>
    expect(() => parseEgressRule(entry)).toThrow('EGRESS_ALLOW'),
  );
});
