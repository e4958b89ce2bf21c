import { Injectable } from '@nestjs/common';
import { type BegunCount, StorageRepository } from '@app/executions';

/** Counts what the history of services with a `maxStoredBytes` takes, a part of it at a time. */
@Injectable()
export class StorageCounter {
  constructor(private readonly storage: StorageRepository) {}

  /** All whose count is due; several workers share them. @param stopping leaves a count that has begun to another worker */
  async countDue(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      const begun = await this.storage.beginCount();
      if (begun === null) return;
      await this.count(begun, stopping);
    }
  }

  private async count(begun: BegunCount, stopping: AbortSignal): Promise<void> {
    let stored = 0;
    for await (const bytes of this.storage.partsOf(begun.service)) {
      if (stopping.aborted) return this.storage.giveCountBack(begun);
      stored += bytes;
    }
    await this.storage.endCount(begun.service, stored);
  }
}
