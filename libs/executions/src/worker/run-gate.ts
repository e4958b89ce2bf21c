import { Injectable } from '@nestjs/common';
import { Clock } from '@app/platform/clock';

/** What runs already may take an hour: after this an isolated run looks for another worker, and this one takes others. */
const WAIT_FOR_OTHERS_MS = 60_000;
/** One that has not killed its process by then does not keep it from the others any longer. */
const ALONE_AT_MOST_MS = 300_000;

/** From the isolated run's arrival until the process is open to the others again. */
interface Hold {
  readonly sinceMs: number;
}

/**
 * Who may run in this process now: any number of runs together, or an isolated one alone. Only an isolated run waits here,
 * and for the others to end: what may not pass is left to another worker instead of going down with this one.
 */
@Injectable()
export class RunGate {
  private inside = 0;
  private hold: Hold | null = null;
  private isStopped = false;
  private opensToIsolatedAtMs = 0;
  private onIdle: (isIdle: boolean) => void = () => undefined;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly clock: Clock) {}

  /** Whether the process should take messages. */
  get isOpen(): boolean {
    return this.hold === null;
  }

  /** At once, or when the isolated run has ended, or when the process ends. */
  whenOpen(): Promise<void> {
    if (this.isOpen || this.isStopped) return Promise.resolve();
    return new Promise((resolve) => this.waiting.add(resolve));
  }

  /** The process ends: an isolated run that still waits for the others is left to another worker. */
  stop(): void {
    this.isStopped = true;
    this.onIdle(false);
    this.letIn();
  }

  /** @returns false when the process is another run's alone */
  async together(work: () => Promise<void>): Promise<boolean> {
    if (this.hold) return false;
    await this.pass(work);
    return true;
  }

  /** @returns false when the process is not free for it, or did not become so in time */
  async alone(work: () => Promise<void>): Promise<boolean> {
    if (this.hold || this.isStopped || this.clock.monotonicMs() < this.opensToIsolatedAtMs) return false;
    const hold = this.close();
    try {
      return (await this.becomesIdle()) && (await this.passAlone(work, hold));
    } finally {
      this.open(hold);
    }
  }

  /** One that outstays its time is one of many from then on: the next isolated run waits for it too. */
  private async passAlone(work: () => Promise<void>, hold: Hold): Promise<boolean> {
    const timer = setTimeout(() => this.open(hold), ALONE_AT_MOST_MS);
    try {
      await this.pass(work);
      return true;
    } finally {
      clearTimeout(timer);
    }
  }

  private async pass(work: () => Promise<void>): Promise<void> {
    this.inside += 1;
    try {
      await work();
    } finally {
      this.inside -= 1;
      if (this.inside === 0) this.onIdle(true);
    }
  }

  private becomesIdle(): Promise<boolean> {
    if (this.inside === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.onIdle(false), WAIT_FOR_OTHERS_MS);
      this.onIdle = (isIdle) => {
        clearTimeout(timer);
        this.onIdle = () => undefined;
        resolve(isIdle);
      };
    });
  }

  private close(): Hold {
    const hold = { sinceMs: this.clock.monotonicMs() };
    this.hold = hold;
    return hold;
  }

  /** The others then have as much time as it took from them: many isolated runs do not stop a worker. */
  private open(hold: Hold): void {
    if (this.hold !== hold) return;
    this.hold = null;
    const nowMs = this.clock.monotonicMs();
    this.opensToIsolatedAtMs = nowMs + (nowMs - hold.sinceMs);
    this.letIn();
  }

  private letIn(): void {
    for (const enter of this.waiting) enter();
    this.waiting.clear();
  }
}
