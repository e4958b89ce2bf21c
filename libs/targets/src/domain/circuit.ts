/**
 * What one service's calls have shown about one host. Closed: calls go through. Open: the host was away, and nobody
 * calls it until the probe is due. Half-open: one call, the probe, finds out whether it is back. The functions are
 * pure: time and chance are arguments.
 */
export type Circuit = Closed | Open | HalfOpen;

export interface Closed {
  readonly state: 'closed';
  /** In a row. */
  readonly failures: number;
}

export interface Open {
  readonly state: 'open';
  /** How often it has opened since it was last closed. */
  readonly openings: number;
  readonly probeAtMs: number;
}

export interface HalfOpen {
  readonly state: 'half_open';
  readonly openings: number;
  readonly probingSinceMs: number;
}

export const CLOSED: Closed = { state: 'closed', failures: 0 };

const FIRST_OPEN_MS = 1_000;
/**
 * Runs that wait for a host must start within 30 s of its return: 15 s until the probe, 5 s of spread, and another
 * 1 s and 5 s for a run that comes while the probe is still under way.
 */
export const LONGEST_OPEN_MS = 15_000;
/** Five times the shortest is 10 s: the least that a run waits before it is called regardless. */
export const [SHORTEST_SPREAD_MS, LONGEST_SPREAD_MS] = [2_000, 5_000];
const LOOK_AFTER_PROBE_MS = 1_000;
/** The time limit for connecting (egress/egress-connector.ts): a probe that takes longer has connected: the host is up. */
export const CONNECTED_AFTER_MS = 10_000;

/** If nobody has called a host for this long, its job was changed or deleted. */
const IDLE_AFTER_MS = 600_000;

export type Admission =
  | { readonly type: 'pass' | 'probe'; readonly circuit: Circuit }
  | { readonly type: 'wait'; readonly circuit: Circuit; readonly waitMs: number };

/** May a call be made now? A caller that gets `probe` must report back through one of the three functions below. */
export function admit(circuit: Circuit, nowMs: number): Admission {
  switch (circuit.state) {
    case 'closed':
      return { type: 'pass', circuit };
    case 'open':
      if (nowMs < circuit.probeAtMs) return { type: 'wait', circuit, waitMs: circuit.probeAtMs - nowMs };
      return {
        type: 'probe',
        circuit: { state: 'half_open', openings: circuit.openings, probingSinceMs: nowMs },
      };
    case 'half_open':
      if (nowMs - circuit.probingSinceMs < CONNECTED_AFTER_MS)
        return { type: 'wait', circuit, waitMs: LOOK_AFTER_PROBE_MS };
      return { type: 'pass', circuit: CLOSED };
  }
}

/** The host answered, so it is up, whatever it said and whoever asked. */
export function afterAnswer(): Circuit {
  return CLOSED;
}

/**
 * A call found nobody. Calls that were already under way when the circuit opened reveal nothing new.
 * @param isProbe whether the call was this circuit's current probe
 * @param limit failures in a row that open it
 */
export function afterFailure(
  circuit: Circuit,
  isProbe: boolean,
  limit: number,
  nowMs: number,
  random: number,
): Circuit {
  if (circuit.state === 'half_open' && isProbe) return opened(circuit.openings + 1, nowMs, random);
  if (circuit.state !== 'closed') return circuit;
  const failures = circuit.failures + 1;
  return failures < limit ? { state: 'closed', failures } : opened(1, nowMs, random);
}

/** A call ended without showing whether the host is up (cancelled, say). The next call may then be the probe. */
export function afterNothing(circuit: Circuit, isProbe: boolean, nowMs: number): Circuit {
  if (circuit.state !== 'half_open' || !isProbe) return circuit;
  return { state: 'open', openings: circuit.openings, probeAtMs: nowMs };
}

/** The host was away when it was last called, and nobody has asked since. */
export function isIdle(circuit: Circuit, nowMs: number): boolean {
  return circuit.state === 'open' && nowMs > circuit.probeAtMs + IDLE_AFTER_MS;
}

/** When a run that may not call comes again: spread out, so that not all hit a host at once that is just back. */
export function retryInMs(waitMs: number, random: number): number {
  const spreadMs = SHORTEST_SPREAD_MS + random * (LONGEST_SPREAD_MS - SHORTEST_SPREAD_MS);
  return Math.ceil(waitMs + spreadMs);
}

/**
 * Full jitter, 1 ms to 1 s · 2^n, so that workers that found the host away together do not probe it together. In whole
 * milliseconds: added to a clock reading, a tiny fraction would be lost, and the circuit would not open at all.
 */
function opened(openings: number, nowMs: number, random: number): Open {
  const longestMs = Math.min(LONGEST_OPEN_MS, FIRST_OPEN_MS * 2 ** (openings - 1));
  return { state: 'open', openings, probeAtMs: nowMs + Math.ceil((1 - random) * longestMs) };
}
