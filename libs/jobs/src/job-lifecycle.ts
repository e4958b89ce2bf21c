import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Each call runs inside the transaction that changes the job: throwing undoes the change. */
export interface JobLifecycleListener {
  onJobActivated?(tx: EntityManager, jobId: string): Promise<void>;
  onJobDeactivated?(tx: EntityManager, jobId: string): Promise<void>;
  /** The first step of a deletion: when it is done, nothing new can come of the job. */
  onJobEnding?(tx: EntityManager, jobId: string): Promise<void>;
  /** The second: what has come of the job and still waits is ended. */
  onJobDeleted?(tx: EntityManager, jobId: string): Promise<void>;
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

  async activated(tx: EntityManager, jobId: string): Promise<void> {
    for (const listener of this.listeners) await listener.onJobActivated?.(tx, jobId);
  }

  async deactivated(tx: EntityManager, jobId: string): Promise<void> {
    for (const listener of this.listeners) await listener.onJobDeactivated?.(tx, jobId);
  }

  /** In two steps: a listener that ended what waits before another stopped the firing would miss what is just being fired. */
  async deleted(tx: EntityManager, jobId: string): Promise<void> {
    for (const listener of this.listeners) await listener.onJobEnding?.(tx, jobId);
    for (const listener of this.listeners) await listener.onJobDeleted?.(tx, jobId);
  }
}
