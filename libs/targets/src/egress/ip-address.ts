import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export type IpAddress = ipaddr.IPv4 | ipaddr.IPv6;

/** IPv6 ranges that embed an IPv4 address, which routers or the kernel unwrap: prefix, its length, offset of the bytes. */
const IPV4_CARRIERS: readonly (readonly [prefix: ipaddr.IPv6, lengthBits: number, offsetBytes: number])[] = [
  [ipaddr.IPv6.parse('::ffff:0:0'), 96, 12], // mapped
  [ipaddr.IPv6.parse('::ffff:0:0:0'), 96, 12], // translated, RFC 2765
  [ipaddr.IPv6.parse('64:ff9b::'), 96, 12], // NAT64
  [ipaddr.IPv6.parse('2002::'), 16, 2], // 6to4
  [ipaddr.IPv6.parse('::'), 96, 12], // compatible, deprecated; ipaddr.js calls it unicast
];

/** Everything that IANA has assigned as global unicast. */
const GLOBAL_UNICAST_V6: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/** Where clouds hand out credentials; some are in ranges that look public or that operators allow as a whole. */
export const METADATA_ADDRESSES: ReadonlySet<string> = new Set([
  '169.254.169.254', // AWS, GCP, Azure, OpenStack and most others
  '169.254.170.2', // ECS task credentials
  '169.254.170.23', // EKS pod identity
  '168.63.129.16', // Azure's WireServer, a public address
  '100.100.100.200', // Alibaba
  '192.0.0.192', // Oracle, older
  'fd00:ec2::254', // AWS
  'fd00:ec2::23', // EKS pod identity
  'fd20:ce::254', // GCP
]);

/** Accepts only canonical spellings: the host of a URL and a resolver's answers never have another. */
export function parseIpAddress(text: string): IpAddress | null {
  return isIP(text) === 0 ? null : ipaddr.parse(text);
}

/** The IPv4 address that a packet to `address` would end up at, or `address` itself. */
export function unwrapIpAddress(address: IpAddress): IpAddress {
  if (address instanceof ipaddr.IPv4) return address;
  if (address.range() === 'loopback' || address.range() === 'unspecified') return address;
  const carrier = IPV4_CARRIERS.find(([prefix, lengthBits]) => address.match(prefix, lengthBits));
  if (!carrier) return address;
  const offsetBytes = carrier[2];
  return new ipaddr.IPv4(address.toByteArray().slice(offsetBytes, offsetBytes + 4));
}

export function isPublic(address: IpAddress): boolean {
  if (address.range() !== 'unicast') return false;
  return address instanceof ipaddr.IPv4 || address.match(GLOBAL_UNICAST_V6);
}

export function isMetadata(address: IpAddress): boolean {
  return METADATA_ADDRESSES.has(address.toString());
}
