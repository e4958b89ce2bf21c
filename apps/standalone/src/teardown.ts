interface Stoppable {
  stop(): Promise<void>;
  /** At once, without waiting for anything. */
  kill?(): void;
}

/** What was started and has to be stopped, in the reverse order; things added together stop together. */
export class Teardown {
  private readonly stages: (readonly Stoppable[])[] = [];

  add(...together: readonly Stoppable[]): void {
    this.stages.push(together);
  }

  async stop(): Promise<void> {
    for (const stage of this.stages.toReversed()) {
      const results = await Promise.allSettled(stage.map((stoppable) => stoppable.stop()));
      for (const result of results) if (result.status === 'rejected') console.error(result.reason);
    }
  }

  kill(): void {
    for (const stoppable of this.stages.flat()) stoppable.kill?.();
  }
}
