import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, IsNull, type QueryDeepPartialEntity, Repository } from 'typeorm';
import { serviceUnknown } from '@app/access';
import { type Change, eventOf } from '@app/audit';
import {
  type Clashes,
  columnsOf,
  namingClash,
  preparedRowOf,
  statementRowsOf,
  type WrittenColumn,
  writtenColumnsOf,
} from '@app/platform/database';
import type { Job } from './domain/job.js';
import { JobEntity } from './job.entity.js';
import { jobNameTaken } from './jobs.errors.js';
import { createJob, findJob, replaceJob, type JobFilter, type JobWindow, listJobs } from './jobs.sql.js';

export type { JobFilter, JobWindow };

@Injectable()
export class JobsRepository {
  private readonly columns: string;
  private readonly findOne: string;
  private readonly written: readonly WrittenColumn[];
  private readonly createOne: string;
  private readonly replaceOne: string;

  constructor(@InjectRepository(JobEntity) private readonly jobs: Repository<JobEntity>) {
    this.columns = columnsOf(jobs.metadata);
    this.findOne = findJob(this.columns);
    this.written = writtenColumnsOf(jobs.metadata);
    this.createOne = createJob(this.written);
    this.replaceOne = replaceJob(this.written);
  }

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.jobs.manager.transaction(work);
  }

  async find(service: string, id: string): Promise<Job | null> {
    const job = await this.findIncludingDeleted(service, id);
    return job?.deletedAt ? null : job;
  }

  findIncludingDeleted(service: string, id: string): Promise<Job | null> {
    return preparedRowOf(this.jobs.manager.connection, 'job', this.findOne, [id, service]);
  }

  list(service: string, filter: JobFilter, window: JobWindow): Promise<Job[]> {
    return statementRowsOf(this.jobs.manager.connection, listJobs(this.columns, service, filter, window));
  }

  /** @returns false, having made nothing: the service has a limit to be counted up to */
  createUnlimited(job: Job, change: Change): Promise<boolean> {
    return this.writeOne('create_job', this.createOne, job, [JSON.stringify(eventOf(change))]);
  }

  /** @returns false, having changed nothing: it is no longer at `version` */
  replace(version: number, job: Job, change: Change): Promise<boolean> {
    return this.writeOne('replace_job', this.replaceOne, job, [JSON.stringify(eventOf(change)), version]);
  }

  /** UPDATE: it waits for all who use the job, and they for it. */
  lockForChange(tx: EntityManager, service: string, id: string): Promise<Job | null> {
    return tx.findOne(JobEntity, {
      where: { id, service, deletedAt: IsNull() },
      lock: { mode: 'pessimistic_write' },
    });
  }

  /**
   * KEY SHARE: many may hold it at once, and whoever would change or delete the job waits for all of them. With SHARE the
   * dispatcher, which skips what it cannot lock, would pass by a job that is asked for runs without a pause.
   */
  lockForUse(tx: EntityManager, service: string, id: string): Promise<Job | null> {
    return tx.findOne(JobEntity, {
      where: { id, service, deletedAt: IsNull() },
      lock: { mode: 'for_key_share' },
    });
  }

  count(tx: EntityManager, service: string): Promise<number> {
    return tx.countBy(JobEntity, { service, deletedAt: IsNull() });
  }

  async insert(tx: EntityManager, job: Job): Promise<void> {
    await namingClash(clashesOf(job), () => tx.insert(JobEntity, row(job)));
  }

  async update(tx: EntityManager, job: Job): Promise<void> {
    const { id, service } = job;
    await namingClash(clashesOf(job), () => tx.update(JobEntity, { id, service }, row(job)));
  }

  private async writeOne(name: string, sql: string, job: Job, more: readonly unknown[]): Promise<boolean> {
    const { connection } = this.jobs.manager;
    const values = this.written.map(({ property }) => job[property as keyof Job]);
    const written = await namingClash(clashesOf(job), () =>
      preparedRowOf(connection, name, sql, [...values, ...more]),
    );
    return written !== null;
  }
}

function clashesOf({ name }: Job): Clashes {
  return { jobs_of_service: serviceUnknown, jobs_name_per_service: () => jobNameTaken(name) };
}

/** TypeORM's types follow neither readonly lists nor `unknown` inside a jsonb column. */
function row(job: Job): QueryDeepPartialEntity<JobEntity> {
  return job as unknown as QueryDeepPartialEntity<JobEntity>;
}
