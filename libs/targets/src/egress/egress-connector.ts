import { once } from 'node:events';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { buildConnector } from 'undici';
import type { Destination, EgressPolicy } from './egress-policy.js';
import type { Resolve, ResolvedAddress } from './resolve.js';

export class EgressDeniedError extends Error {
  readonly code = 'EGRESS_DENIED';
}

/** Errors that kept a connection from being made. Established ones can fail with the same codes, such as EHOSTUNREACH. */
export const unconnected = new WeakSet<Error>();

/** For resolving and connecting together; a TLS handshake gets the same time again. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Node's default of 250 ms gives up on distant but healthy addresses if a name has several. */
const NEXT_ADDRESS_AFTER_MS = 1_000;

/**
 * An undici connector that connects only to what the policy allows.
 *
 * The check belongs here because undici calls no lookup hook for literal addresses. A literal host, each answer of the
 * resolver and the address actually connected to are checked, the last one before a byte is sent or TLS begins.
 */
export function egressConnector(policy: EgressPolicy, resolve: Resolve): buildConnector.connector {
  const startTls = buildConnector({ timeout: CONNECT_TIMEOUT_MS });
  return (options, callback) => {
    const isTls = options.protocol === 'https:';
    const port = Number(options.port) || (isTls ? 443 : 80);
    connectChecked(policy, resolve, options.hostname, port).then(
      (httpSocket) => (isTls ? startTls({ ...options, httpSocket }, callback) : callback(null, httpSocket)),
      (error: Error) => {
        unconnected.add(error);
        callback(error, null);
      },
    );
  };
}

async function connectChecked(
  policy: EgressPolicy,
  resolve: Resolve,
  hostname: string,
  port: number,
): Promise<Socket> {
  if (isIP(hostname)) assertAllowed(policy, { hostname, address: hostname, port });
  const socket = connect({
    host: hostname,
    port,
    lookup: checkedLookup(policy, resolve, port),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 60_000,
  });
  await connected(socket);
  return assertConnectedTo(policy, socket, hostname, port);
}

/** `net` connects to exactly the addresses given here, so a second, different DNS answer cannot interfere. */
function checkedLookup(policy: EgressPolicy, resolve: Resolve, port: number): LookupFunction {
  return (hostname, _options, callback) => {
    const allowed = resolve(hostname).then((addresses) => allowedOf(policy, addresses, hostname, port));
    allowed.then(
      (addresses) => callback(null, addresses),
      (error: Error) => callback(error, []),
    );
  };
}

function allowedOf(
  policy: EgressPolicy,
  addresses: readonly ResolvedAddress[],
  hostname: string,
  port: number,
): ResolvedAddress[] {
  const refusals = addresses.map(({ address }) => policy.refusalOf({ hostname, address, port }));
  const allowed = addresses.filter((_, index) => refusals[index] === null);
  if (allowed.length === 0) throw new EgressDeniedError(refusals[0] ?? `${hostname}:${port} has no address`);
  return allowed;
}

async function connected(socket: Socket): Promise<void> {
  const timer = setTimeout(() => socket.destroy(connectError('ETIMEDOUT')), CONNECT_TIMEOUT_MS);
  try {
    await once(socket, 'connect');
  } finally {
    clearTimeout(timer);
  }
}

function assertConnectedTo(policy: EgressPolicy, socket: Socket, hostname: string, port: number): Socket {
  try {
    if (!socket.remoteAddress) throw connectError('ECONNRESET');
    assertAllowed(policy, { hostname, address: socket.remoteAddress, port });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function assertAllowed(policy: EgressPolicy, destination: Destination): void {
  const refusal = policy.refusalOf(destination);
  if (refusal !== null) throw new EgressDeniedError(refusal);
}

function connectError(code: string): Error {
  return Object.assign(new Error(code), { code });
}
