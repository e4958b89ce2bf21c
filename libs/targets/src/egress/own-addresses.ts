import { networkInterfaces } from 'node:os';
import { parseIpAddress } from './ip-address.js';

/** Interfaces change when a container or a tunnel comes and goes; asking costs a system call for each. */
const KEPT_MS = 10_000;

let known: ReadonlySet<string> = new Set();
let knownUntilMs = Number.NEGATIVE_INFINITY;

/** Public ones among them would pass as public, and what listens there is meant for its neighbours. */
export function ownAddresses(): ReadonlySet<string> {
  const nowMs = performance.now();
  if (nowMs < knownUntilMs) return known;
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  known = new Set(addresses.map(({ address }) => parseIpAddress(address)?.toString() ?? address));
  knownUntilMs = nowMs + KEPT_MS;
  return known;
}
