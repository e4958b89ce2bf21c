import { Logger } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import {
  admit,
  afterAnswer,
  afterFailure,
  afterNothing,
  type Circuit,
  CLOSED,
  isIdle,
  retryInMs,
} from '../domain/circuit.js';

/** Only failing hosts are remembered; beyond this many, the one unchanged for longest is forgotten. */
const MAX_CIRCUITS = 10_000;

new Gauge({
  name: 'scheduler_target_circuits_open',
  help: 'Hosts that this worker does not call because they did not answer, each for every service that calls it.',
  collect() {
    this.set(TargetCircuits.countOpenOfLatest());
  },
});

const deferredRuns = new Counter({
  name: 'scheduler_runs_held_by_circuit_total',
  help: 'Times that a run was given back because its host does not answer; no attempt is spent.',
});

/** The run must not call now and should come again later. */
export interface Deferral {
  readonly retryInMs: number;
}

/** A host as called by one service. */
interface Host {
  readonly key: string;
  readonly origin: string;
}

/**
 * One circuit for each service and origin: a service with a time-out of a millisecond must not keep others from a healthy
 * host. A healthy host costs two look-ups in a map that has no entry for it. Each worker learns for itself.
 */
export class TargetCircuits {
  /** The one created last: a worker has only one, but a test process may have several. */
  private static latest: TargetCircuits | null = null;

  private readonly logger = new Logger(TargetCircuits.name);
  /** In the order of their last change. */
  private readonly circuits = new Map<string, Circuit>();

  /** @param limit failures in a row that open a circuit; 0 for never */
  constructor(
    private readonly limit: number,
    private readonly nowMs: () => number = () => performance.now(),
    private readonly random: () => number = Math.random,
  ) {
    TargetCircuits.latest = this;
  }

  /** For the metric. */
  static countOpenOfLatest(): number {
    return TargetCircuits.latest?.countOpen() ?? 0;
  }

  /** @param mayGoUncalled false for a run that has waited often enough: it calls whatever is known of the host */
  enter(service: string, origin: string, mayGoUncalled: boolean): CircuitCall | Deferral {
    const host = { key: `${service} ${origin}`, origin };
    const admission = admit(this.of(host), this.nowMs());
    if (admission.type === 'wait' && mayGoUncalled) return this.defer(admission.waitMs);
    this.become(host, admission.circuit);
    const probe = admission.type === 'probe' ? admission.circuit : null;
    return new CircuitCall(
      (finding) => this.learn(host, probe, finding),
      () => (mayGoUncalled && probe !== null ? this.deferProbe(host) : null),
    );
  }

  private defer(waitMs: number): Deferral {
    deferredRuns.inc();
    return { retryInMs: retryInMs(waitMs, this.random()) };
  }

  /** For a probe that failed: until the next probe. */
  private deferProbe(host: Host): Deferral | null {
    const circuit = this.of(host);
    return circuit.state === 'open' ? this.defer(Math.max(0, circuit.probeAtMs - this.nowMs())) : null;
  }

  private learn(host: Host, probe: Circuit | null, finding: Finding): void {
    this.become(host, this.circuitAfter(finding, this.of(host), probe));
  }

  private circuitAfter(finding: Finding, circuit: Circuit, probe: Circuit | null): Circuit {
    const isProbe = circuit === probe;
    switch (finding) {
      case 'answered':
        return afterAnswer();
      case 'nothing':
        return afterNothing(circuit, isProbe, this.nowMs());
      case 'failed':
        if (this.limit === 0) return circuit;
        return afterFailure(circuit, isProbe, this.limit, this.nowMs(), this.random());
    }
  }

  private of({ key }: Host): Circuit {
    return this.circuits.get(key) ?? CLOSED;
  }

  private become(host: Host, circuit: Circuit): void {
    const before = this.of(host);
    if (circuit === before) return;
    this.circuits.delete(host.key); // and re-added, as the most recently changed
    if (circuit !== CLOSED) this.circuits.set(host.key, circuit);
    this.forgetSurplus();
    this.logChange(host, before, circuit);
  }

  /** First forgets those that nobody calls any more. */
  private countOpen(): number {
    for (const [key, circuit] of this.circuits) if (isIdle(circuit, this.nowMs())) this.circuits.delete(key);
    return [...this.circuits.values()].filter(isOpen).length;
  }

  private forgetSurplus(): void {
    const [longestUntouched] = this.circuits.keys();
    if (this.circuits.size > MAX_CIRCUITS && longestUntouched !== undefined)
      this.circuits.delete(longestUntouched);
  }

  private logChange({ origin }: Host, before: Circuit, after: Circuit): void {
    if (isOpen(before) === isOpen(after)) return;
    if (isOpen(after))
      this.logger.warn(`circuit opened: ${origin} did not answer ${this.limit} times in a row`);
    else this.logger.log(`circuit closed: ${origin} is there again`);
  }
}

/** What a call found out about its host. */
type Finding = 'answered' | 'failed' | 'nothing';

/** One call under a circuit. Only its first finding counts: hops after a redirect say nothing about the first host. */
export class CircuitCall {
  private hasReported = false;

  constructor(
    private readonly onFinding: (finding: Finding) => void,
    private readonly defer: () => Deferral | null,
  ) {}

  /** An answer has begun, whatever it says. */
  answered(): void {
    this.report('answered');
  }

  /**
   * Nobody was there, or nobody answered in time.
   * @returns when its run should come again instead of failing, for a probe that was never sent; otherwise null
   */
  failed(wasNeverSent: boolean): Deferral | null {
    if (!this.report('failed')) return null;
    return wasNeverSent ? this.defer() : null;
  }

  /** The call is over. */
  ended(): void {
    this.report('nothing');
  }

  /** @returns whether this was the first finding, the one that counts */
  private report(finding: Finding): boolean {
    if (this.hasReported) return false;
    this.hasReported = true;
    this.onFinding(finding);
    return true;
  }
}

function isOpen({ state }: Circuit): boolean {
  return state !== 'closed';
}
