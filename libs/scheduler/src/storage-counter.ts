import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { StorageRepository } from '@app/executions';

/** Counts what the history of services with a `maxStoredBytes` takes, a batch of executions at a time. */
@Injectable()
export class StorageCounter implements BeforeApplicationShutdown {
  private stopping = false;

  constructor(private readonly storage: StorageRepository) {}

  /** All whose count is due; several workers share them. */
  async countDue(): Promise<void> {
    let service = await this.storage.beginCount();
    while (service !== null && !this.stopping) {
      await this.count(service);
      service = await this.storage.beginCount();
    }
  }

  /** A worker that shuts down leaves its count to another one. */
  beforeApplicationShutdown(): void {
    this.stopping = true;
  }

  private async count(service: string): Promise<void> {
    let { bytes, lastId } = await this.storage.countBatch(service);
    while (lastId !== null) {
      if (this.stopping) return;
      const batch = await this.storage.countBatch(service, lastId);
      bytes += batch.bytes;
      lastId = batch.lastId;
    }
    await this.storage.endCount(service, bytes);
  }
}
