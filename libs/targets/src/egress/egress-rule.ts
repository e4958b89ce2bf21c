import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { StartupFault } from '@app/platform/lifecycle';
import { parseIpAddress, type IpAddress } from './ip-address.js';

interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** One entry of EGRESS_ALLOW: a host name (`*.` = every name below it) or a network, on all ports or on some. */
export type EgressRule = { readonly ports: PortRange | null } & (
  | { readonly type: 'host'; readonly host: string }
  | { readonly type: 'network'; readonly network: IpAddress; readonly prefixBits: number }
);

const ANY_PORT = /^(?<subject>.+?)(?::(?<ports>\d+(?:-\d+)?))?$/;
const BRACKETED = /^\[(?<address>[^\]]+)\](?<prefix>\/\d+)?$/;
const HOST_NAME = /^(?:\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/;

/**
 * `internal.example`, `*.svc.local:443`, `10.0.0.0/8`, `127.0.0.0/8:8000-8999`, `::1/128`, `[::1]:3000`.
 * Throws on anything else.
 */
export function parseEgressRule(entry: string): EgressRule {
  const text = entry.trim().toLowerCase();
  const { subject, ports } = splitPorts(text);
  const network = parseNetwork(subject);
  if (network) return { type: 'network', ...network, ports: parsePorts(ports, entry) };
  const host = withoutTrailingDot(subject);
  if (!HOST_NAME.test(host) || looksLikeAddress(host)) throw invalid(entry, 'is no host, address or network');
  return { type: 'host', host, ports: parsePorts(ports, entry) };
}

/** Host names are compared without regard to case and without the root's dot. */
export function withoutTrailingDot(host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host;
}

/** A bare IPv6 address has colons of its own, so it cannot take a port; `[::1]:3000` can. */
function splitPorts(text: string): { subject: string; ports: string | undefined } {
  if (isIP(text) === 6) return { subject: text, ports: undefined };
  const groups = ANY_PORT.exec(text)?.groups;
  return { subject: groups?.subject ?? text, ports: groups?.ports };
}

function parseNetwork(subject: string): { network: IpAddress; prefixBits: number } | null {
  const bracketed = BRACKETED.exec(subject)?.groups;
  const plain = bracketed ? `${bracketed.address}${bracketed.prefix ?? ''}` : subject;
  const [base = '', prefix] = plain.split('/');
  const network = parseIpAddress(base);
  if (!network) return null;
  if (prefix === undefined) return { network, prefixBits: network.toByteArray().length * 8 };
  if (!ipaddr.isValidCIDR(plain)) return null;
  return { network, prefixBits: Number(prefix) };
}

function parsePorts(ports: string | undefined, entry: string): PortRange | null {
  if (ports === undefined) return null;
  const [from = 0, to = from] = ports.split('-').map(Number);
  if (from < 1 || to > 65535 || from > to) throw invalid(entry, 'has no valid port');
  return { from, to };
}

/** We would take `127.1` and `10.0.0` for names, but a resolver takes them for addresses. */
function looksLikeAddress(host: string): boolean {
  return /(^|\.)(\d+|0x[0-9a-f]*)$/.test(host);
}

function invalid(entry: string, fault: string): Error {
  return new StartupFault(`EGRESS_ALLOW: "${entry}" ${fault}`);
}
