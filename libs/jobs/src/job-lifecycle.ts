import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Job } from './domain/job.js';

/** What a listener needs to find what hangs on a job. */
export type OwnedJob = Pick<Job, 'id' | 'service'>;

/** Each call runs inside the transaction that changes the job: throwing undoes the change. */
export interface JobLifecycleListener {
  onJobActivated?(tx: EntityManager, job: OwnedJob): Promise<void>;
  onJobDeactivated?(tx: EntityManager, job: OwnedJob): Promise<void>;
  /** The first step of a deletion: when it is done, nothing new can come of the job. */
  onJobEnding?(tx: EntityManager, job: OwnedJob): Promise<void>;
  /** The second: what has come of the job and still waits is ended. */
  onJobDeleted?(tx: EntityManager, job: OwnedJob): Promise<void>;
}

/**
 * How schedules and executions follow a job without jobs knowing them: they register here at `onModuleInit`.
 *
 * Not an event bus on purpose: an event after the commit can be lost in a crash, and a schedule of a deleted job would
 * fire for ever.
 */
@Injectable()
export class JobLifecycle {
  private readonly listeners: JobLifecycleListener[] = [];

  register(listener: JobLifecycleListener): void {
    this.listeners.push(listener);
  }

  async activated(tx: EntityManager, job: OwnedJob): Promise<void> {
    for (const listener of this.listeners) await listener.onJobActivated?.(tx, job);
  }

  async deactivated(tx: EntityManager, job: OwnedJob): Promise<void> {
    for (const listener of this.listeners) await listener.onJobDeactivated?.(tx, job);
  }

  /** In two steps: a listener that ended what waits before another stopped the firing would miss what is just being fired. */
  async deleted(tx: EntityManager, job: OwnedJob): Promise<void> {
    for (const listener of this.listeners) await listener.onJobEnding?.(tx, job);
    for (const listener of this.listeners) await listener.onJobDeleted?.(tx, job);
  }
}
