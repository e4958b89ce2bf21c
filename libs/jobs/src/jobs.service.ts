import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { validate as isUuid } from 'uuid';
import { demandRoom } from '@app/access';
import { type AuditAction, type Change, recordChange } from '@app/audit';
import { Clock, newTimeOrderedId } from '@app/platform/clock';
import { type ExpectedVersion, requireVersion } from '@app/platform/http';
import type { Job, JobSpec } from './domain/job.js';
import { JobLifecycle } from './job-lifecycle.js';
import { jobNotFound } from './jobs.errors.js';
import { type JobFilter, JobsRepository, type JobWindow } from './jobs.repository.js';

type Decide = (job: Job) => JobSpec | Promise<JobSpec>;

@Injectable()
export class JobsService {
  constructor(
    private readonly repository: JobsRepository,
    private readonly lifecycle: JobLifecycle,
    private readonly clock: Clock,
  ) {}

  /** @throws ProblemError `job_name_taken`, `quota_exceeded` */
  async create(service: string, spec: JobSpec): Promise<Job> {
    const now = this.clock.now();
    const job: Job = {
      ...spec,
      active: spec.active ?? true,
      id: newTimeOrderedId(now),
      service,
      version: 1,
      createdAt: now,
      updatedAt: now,
      deletedAt: null,
    };
    const change: Change = { service, action: 'job.created', resourceId: job.id, after: job };
    if (!(await this.repository.createUnlimited(job, change))) await this.createWithin(job, change);
    return job;
  }

  /** @throws ProblemError `job_not_found`, also for a deleted job, another service's, and an id that is not a UUID */
  async get(service: string, id: string): Promise<Job> {
    const job = isUuid(id) ? await this.repository.find(service, id) : null;
    return job ?? notFound(id);
  }

  /** For history, which outlives its job. */
  async findIncludingDeleted(service: string, id: string): Promise<Job | null> {
    return isUuid(id) ? this.repository.findIncludingDeleted(service, id) : null;
  }

  /** Newest first. */
  list(service: string, filter: JobFilter, window: JobWindow): Promise<Job[]> {
    return this.repository.list(service, filter, window);
  }

  /**
   * The job as it is, kept from being changed or deleted until `tx` ends: for a transaction that adds something to a job.
   * @throws ProblemError `job_not_found`
   */
  async lockForUse(tx: EntityManager, service: string, id: string): Promise<Job> {
    const job = isUuid(id) ? await this.repository.lockForUse(tx, service, id) : null;
    return job ?? notFound(id);
  }

  /**
   * Replaces what a client decides. Nothing is written, and the version stays, when that changes nothing.
   *
   * One statement writes over the version that was read. Where somebody else was first, and where schedules have to follow,
   * all is done again under a lock, so that nobody waits for ever.
   * @param decide gets the job that is written over, so that a partial update never undoes a concurrent one
   * @throws ProblemError `job_not_found`, `stale_version`, `job_name_taken`
   */
  async change(service: string, id: string, expected: ExpectedVersion, decide: Decide): Promise<Job> {
    const current = await this.get(service, id);
    requireVersion(current, expected, `Job ${current.id}`);
    const changed = await this.changedBy(decide, current);
    if (changed === current) return current;
    const isAlone = changed.active === current.active;
    if (isAlone && (await this.repository.replace(current.version, changed, changeOf(current, changed))))
      return changed;
    return this.changeUnderLock(service, id, expected, decide);
  }

  activate(service: string, id: string): Promise<Job> {
    return this.change(service, id, null, (job) => ({ ...job, active: true }));
  }

  deactivate(service: string, id: string): Promise<Job> {
    return this.change(service, id, null, (job) => ({ ...job, active: false }));
  }

  /**
   * Ends the job and what hangs on it; its history stays readable and its name becomes free.
   * @throws ProblemError `job_not_found`, `stale_version`
   */
  delete(service: string, id: string, expected: ExpectedVersion): Promise<void> {
    return this.repository.transaction(async (tx) => {
      const job = await this.lockForChange(tx, service, id, expected);
      await this.repository.update(tx, { ...job, deletedAt: this.clock.now() });
      await this.lifecycle.deleted(tx, job);
      await recordChange(tx, { service, action: 'job.deleted', resourceId: id, before: job });
    });
  }

  private createWithin(job: Job, change: Change): Promise<void> {
    return this.repository.transaction(async (tx) => {
      await demandRoom(tx, job.service, 'maxJobs', () => this.repository.count(tx, job.service));
      await this.repository.insert(tx, job);
      await recordChange(tx, change);
    });
  }

  private changeUnderLock(
    service: string,
    id: string,
    expected: ExpectedVersion,
    decide: Decide,
  ): Promise<Job> {
    return this.repository.transaction(async (tx) => {
      const current = await this.lockForChange(tx, service, id, expected);
      const changed = await this.changedBy(decide, current);
      return changed === current ? current : this.store(tx, current, changed);
    });
  }

  /** The very same job when nothing changes. */
  private async changedBy(decide: Decide, current: Job): Promise<Job> {
    const spec = await decide(current);
    const changed: Job = { ...current, ...spec, active: spec.active ?? current.active };
    if (isDeepStrictEqual(changed, { ...current })) return current;
    return { ...changed, version: current.version + 1, updatedAt: this.clock.now() };
  }

  private async lockForChange(
    tx: EntityManager,
    service: string,
    id: string,
    expected: ExpectedVersion,
  ): Promise<Job> {
    const job = isUuid(id) ? await this.repository.lockForChange(tx, service, id) : null;
    if (!job) return notFound(id);
    requireVersion(job, expected, `Job ${job.id}`);
    return job;
  }

  private async store(tx: EntityManager, current: Job, job: Job): Promise<Job> {
    await this.repository.update(tx, job);
    await recordChange(tx, changeOf(current, job));
    if (job.active && !current.active) await this.lifecycle.activated(tx, job);
    if (!job.active && current.active) await this.lifecycle.deactivated(tx, job);
    return job;
  }
}

function changeOf(current: Job, job: Job): Change {
  const { service, id: resourceId } = job;
  return { service, action: actionOf(current, job), resourceId, before: current, after: job };
}

function actionOf(current: Job, changed: Job): AuditAction {
  if (current.active === changed.active) return 'job.updated';
  return changed.active ? 'job.activated' : 'job.deactivated';
}

function notFound(id: string): never {
  throw jobNotFound(id);
}
