import { parseEgressRule, withoutTrailingDot, type EgressRule } from './egress-rule.js';
import { isMetadata, isPublic, parseIpAddress, unwrapIpAddress, type IpAddress } from './ip-address.js';
import { ownAddresses } from './own-addresses.js';

/** A name, one address it stands for (itself, for a literal one), and a port. */
export interface Destination {
  readonly hostname: string;
  readonly address: string;
  readonly port: number;
}

/** This machine's own addresses, as they are now. */
export type OwnAddresses = () => ReadonlySet<string>;

/**
 * Where HTTP targets may connect to: public unicast addresses that are not this machine's, and what EGRESS_ALLOW and the
 * service's own list add.
 *
 * Cloud metadata addresses hand out credentials, so a host or a network in a list does not open them; only their own
 * address does. Whoever connects asks about each address, so a name's answer cannot change in between.
 */
export class EgressPolicy {
  private constructor(
    private readonly rules: readonly EgressRule[],
    private readonly own: OwnAddresses,
  ) {}

  /** Throws an Error that names the first entry it cannot read. */
  static parse(egressAllow: readonly string[], own: OwnAddresses = ownAddresses): EgressPolicy {
    return new EgressPolicy(egressAllow.map(parseEgressRule), own);
  }

  /** With a service's own list. An entry that cannot be read opens nothing: it was refused when it was written. */
  extendedBy(egressAllow: readonly string[]): EgressPolicy {
    if (egressAllow.length === 0) return this;
    return new EgressPolicy([...this.rules, ...egressAllow.flatMap(readableRule)], this.own);
  }

  /** Why `url` must not be called, or null. A name's addresses are still to be checked when it is resolved. */
  refusalOfUrl(url: URL): string | null {
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      return 'only http and https URLs may be called';
    if (url.username || url.password) return 'a URL must not carry credentials';
    const hostname = bareHost(url.hostname);
    if (!parseIpAddress(hostname)) return null;
    return this.refusalOf({ hostname, address: hostname, port: portOf(url) });
  }

  /**
   * Why `destination` must not be connected to, or null. The same sentence for every reason, and without the address: what
   * a name stands for inside this network is not for the author of a job to learn.
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

/** A URL's host without the brackets of an IPv6 address. */
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
