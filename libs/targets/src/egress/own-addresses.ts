import { networkInterfaces } from 'node:os';
import { parseIpAddress } from './ip-address.js';

/** Interfaces change when containers or tunnels come and go, but listing them costs a system call for each. */
const KEPT_MS = 10_000;

let known: ReadonlySet<string> = new Set();
let knownUntilMs = Number.NEGATIVE_INFINITY;

/** A public address of this machine would pass as public, but what listens there is meant for its neighbours. */
export function ownAddresses(): ReadonlySet<string> {
  const nowMs = performance.now();
  if (nowMs < knownUntilMs) return known;
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  known = new Set(addresses.map(({ address }) => parseIpAddress(address)?.toString() ?? address));
  knownUntilMs = nowMs + KEPT_MS;
  return known;
}
