import { ProblemError } from '@app/platform/problem';

interface Waiting {
  readonly service: string;
  readonly begin: () => void;
}

export interface TurnLimits {
  /** Of all services together. */
  readonly atOnce: number;
  /** Of one service. */
  readonly waiting: number;
}

/**
 * Each service imports one file at a time, and all together `atOnce`; the others wait in the order in which they came,
 * past those whose service has its turn.
 */
export class ImportTurns {
  private readonly running = new Set<string>();
  private readonly waiting: Waiting[] = [];

  constructor(private readonly limits: TurnLimits) {}

  /** @throws ProblemError `too_many_imports` */
  async take<T>(service: string, work: () => Promise<T>): Promise<T> {
    await this.turnOf(service);
    try {
      return await work();
    } finally {
      this.running.delete(service);
      this.beginNext();
    }
  }

  private turnOf(service: string): Promise<void> {
    const waiting = this.waiting.filter((other) => other.service === service).length;
    if (waiting >= this.limits.waiting) throw tooManyImports(waiting);
    return new Promise((begin) => {
      this.waiting.push({ service, begin });
      this.beginNext();
    });
  }

  private beginNext(): void {
    if (this.running.size >= this.limits.atOnce) return;
    const index = this.waiting.findIndex(({ service }) => !this.running.has(service));
    const [next] = index < 0 ? [] : this.waiting.splice(index, 1);
    if (next === undefined) return;
    this.running.add(next.service);
    next.begin();
  }
}

function tooManyImports(waiting: number): ProblemError {
  const detail = `One file of this service is being read, and ${waiting} wait for their turn. Try again.`;
  return new ProblemError('too_many', 'too_many_imports', detail);
}
