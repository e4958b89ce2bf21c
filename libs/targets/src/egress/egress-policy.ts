import { parseEgressRule, withoutTrailingDot, type EgressRule } from './egress-rule.js';
import { isMetadata, isPublic, parseIpAddress, unwrapIpAddress, type IpAddress } from './ip-address.js';
import { ownAddresses } from './own-addresses.js';

/** A host name, one of its addresses (the same text if the host is a literal address), and a port. */
export interface Destination {
  readonly hostname: string;
  readonly address: string;
  readonly port: number;
}

/** This machine's current addresses. */
export type OwnAddresses = () => ReadonlySet<string>;

/**
 * Where HTTP targets may connect: to public unicast addresses other than this machine's own, and to whatever
 * EGRESS_ALLOW and the service's own list add.
 *
 * Cloud metadata addresses hand out credentials, so listing a host or a network does not allow them; only listing the
 * exact address does. The connector asks about each address it uses, so a name's answer cannot change in between.
 */
export class EgressPolicy {
  private constructor(
    private readonly rules: readonly EgressRule[],
    private readonly own: OwnAddresses,
  ) {}

  /** Throws an Error that names the first invalid entry. */
  static parse(egressAllow: readonly string[], own: OwnAddresses = ownAddresses): EgressPolicy {
    return new EgressPolicy(egressAllow.map(parseEgressRule), own);
  }

  /** With a service's own list added. An invalid entry, which should have been refused on writing, allows nothing. */
  extendedBy(egressAllow: readonly string[]): EgressPolicy {
    if (egressAllow.length === 0) return this;
    return new EgressPolicy([...this.rules, ...egressAllow.flatMap(readableRule)], this.own);
  }

  /** Why `url` must not be called, or null. The addresses of a name are checked later, when it is resolved. */
  refusalOfUrl(url: URL): string | null {
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      return 'only http and https URLs may be called';
    if (url.username || url.password) return 'a URL must not carry credentials';
    const hostname = bareHost(url.hostname);
    if (!parseIpAddress(hostname)) return null;
    return this.refusalOf({ hostname, address: hostname, port: portOf(url) });
  }

  /**
   * Why `destination` must not be connected to, or null. The sentence is always the same and never has the address: a
   * job's author must not learn what a name resolves to inside this network.
   */
  refusalOf(destination: Destination): string | null {
    const raw = parseIpAddress(destination.address);
    const isAllowed = raw !== null && this.allows(destination, raw);
    return isAllowed ? null : `${named(destination)} is not public and EGRESS_ALLOW does not list it`;
  }

  private allows(destination: Destination, raw: IpAddress): boolean {
    const address = unwrapIpAddress(raw);
    if (isMetadata(address)) return this.listsExactly(address, destination.port);
    const isOpen = isPublic(address) && !this.own().has(address.toString());
    return isOpen || this.lists(destination, [raw, address]);
  }

  private lists(destination: Destination, forms: readonly IpAddress[]): boolean {
    const hostname = withoutTrailingDot(destination.hostname.toLowerCase());
    return this.rules.some((rule) => {
      if (!coversPort(rule, destination.port)) return false;
      if (rule.type === 'host') return coversHost(rule.host, hostname);
      return forms.some((form) => coversAddress(rule, form));
    });
  }

  private listsExactly(address: IpAddress, port: number): boolean {
    const allBits = address.toByteArray().length * 8;
    return this.rules.some(
      (rule) =>
        rule.type === 'network' &&
        rule.prefixBits === allBits &&
        coversAddress(rule, address) &&
        coversPort(rule, port),
    );
  }
}

function readableRule(entry: string): EgressRule[] {
  try {
    return [parseEgressRule(entry)];
  } catch {
    return [];
  }
}

/** A URL's host without the brackets around an IPv6 address. */
function bareHost(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

function portOf(url: URL): number {
  if (url.port) return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

function named({ hostname, port }: Destination): string {
  return `${hostname}:${port}`;
}

function coversPort({ ports }: EgressRule, port: number): boolean {
  return ports === null || (port >= ports.from && port <= ports.to);
}

function coversHost(pattern: string, hostname: string): boolean {
  return pattern.startsWith('*.') ? hostname.endsWith(pattern.slice(1)) : hostname === pattern;
}

function coversAddress(rule: EgressRule & { type: 'network' }, address: IpAddress): boolean {
  return rule.network.kind() === address.kind() && address.match(rule.network, rule.prefixBits);
}
