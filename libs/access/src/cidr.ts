import ipaddr from 'ipaddr.js';

type Block = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** `10.1.2.3/8` becomes `10.0.0.0/8`, and an address a block of its own; null for what is neither. */
export function normalCidr(text: string): string | null {
  const block = blockOf(text);
  if (block === null) return null;
  const [address, bits] = block;
  const network = isIpv4(address)
    ? ipaddr.IPv4.networkAddressFromCIDR(`${address.toString()}/${bits}`)
    : ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/${bits}`);
  return `${network.toString()}/${bits}`;
}

/** Whether the address is in one of the blocks. A socket of both families shows IPv4 as `::ffff:10.0.0.1`. */
export function isAddressWithin(address: string, cidrs: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  return cidrs.some((cidr) => contains(blockOf(cidr), [ipaddr.process(address), Infinity]));
}

/** Whether one of the blocks contains the whole of `cidr`. */
export function isCidrWithin(cidr: string, cidrs: readonly string[]): boolean {
  const inner = blockOf(cidr);
  return inner !== null && cidrs.some((outer) => contains(blockOf(outer), inner));
}

/**
 * The network an address counts for: an IPv6 host usually has a whole /64. Anything that is not an address stands for
 * itself.
 */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (isIpv4(parsed)) return parsed.toString();
  return `${new ipaddr.IPv6([...parsed.parts.slice(0, 4), 0, 0, 0, 0]).toString()}/64`;
}

function contains(outer: Block | null, [address, bits]: Block): boolean {
  if (outer === null || outer[0].kind() !== address.kind() || outer[1] > bits) return false;
  return isIpv4(address) ? address.match(outer[0], outer[1]) : address.match(outer[0], outer[1]);
}

function isIpv4(address: ipaddr.IPv4 | ipaddr.IPv6): address is ipaddr.IPv4 {
  return address.kind() === 'ipv4';
}

/**
 * Takes four decimal parts only, where ipaddr would take `10.1` and `0xa.1` too, and no IPv4 address that is written as
 * IPv6.
 */
function blockOf(text: string): Block | null {
  const [address = '', bits, ...rest] = text.split('/');
  const isV4 = ipaddr.IPv4.isValidFourPartDecimal(address);
  if (rest.length > 0 || !(isV4 || (ipaddr.IPv6.isValid(address) && !address.includes('%')))) return null;
  const parsed = ipaddr.parse(address);
  if (parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress()) return null;
  const most = isV4 ? 32 : 128;
  const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : NaN;
  return prefix <= most ? [parsed, prefix] : null;
}
