import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { type BegunCount, StorageRepository } from '@app/executions';

/** Counts what the history of services with a `maxStoredBytes` takes, a part of it at a time. */
@Injectable()
export class StorageCounter implements BeforeApplicationShutdown {
  private stopping = false;

  constructor(private readonly storage: StorageRepository) {}

  /** All whose count is due; several workers share them. */
  async countDue(): Promise<void> {
    while (!this.stopping) {
      const begun = await this.storage.beginCount();
      if (begun === null) return;
      await this.count(begun);
    }
  }

  /** A worker that shuts down leaves its count to another one. */
  beforeApplicationShutdown(): void {
    this.stopping = true;
  }

  private async count(begun: BegunCount): Promise<void> {
    let stored = 0;
    for await (const bytes of this.storage.partsOf(begun.service)) {
      if (this.stopping) return this.storage.giveCountBack(begun);
      stored += bytes;
    }
    await this.storage.endCount(begun.service, stored);
  }
}
