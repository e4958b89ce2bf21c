import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import {
  type EntityManager,
  IsNull,
  type QueryDeepPartialEntity,
  Repository,
  type SelectQueryBuilder,
} from 'typeorm';
import { columnsOf, preparedRowsOf, violatedConstraint } from '@app/platform/database';
import type { Job } from './domain/job.js';
import { JobEntity } from './job.entity.js';
import { jobNameTaken, serviceUnknown } from './jobs.errors.js';
import { findJob } from './jobs.sql.js';

export interface JobFilter {
  readonly active?: boolean;
  /** A job has all of them. */
  readonly tags?: readonly string[];
  /** Part of the name or the description, in any case. */
  readonly q?: string;
}

/** Newest first, starting below `beforeId`. */
export interface JobWindow {
  readonly limit: number;
  readonly beforeId?: string;
}

@Injectable()
export class JobsRepository {
  private readonly findOne: string;

  constructor(@InjectRepository(JobEntity) private readonly jobs: Repository<JobEntity>) {
    this.findOne = findJob(columnsOf(jobs.metadata));
  }

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.jobs.manager.transaction(work);
  }

  async find(service: string, id: string): Promise<Job | null> {
    const job = await this.findIncludingDeleted(service, id);
    return job?.deletedAt ? null : job;
  }

  async findIncludingDeleted(service: string, id: string): Promise<Job | null> {
    const { connection } = this.jobs.manager;
    const [job] = await preparedRowsOf<Job>(connection, 'job', this.findOne, [id, service]);
    return job ?? null;
  }

  list(service: string, filter: JobFilter, window: JobWindow): Promise<Job[]> {
    const query = this.jobs
      .createQueryBuilder('job')
      .where('job.service = :service AND job.deletedAt IS NULL', { service })
      .orderBy('job.id', 'DESC')
      .limit(window.limit);
    if (window.beforeId) query.andWhere('job.id < :beforeId', { beforeId: window.beforeId });
    return narrow(query, filter).getMany();
  }

  /** NO KEY UPDATE: the row's own writers wait for each other, while schedules that refer to it are still inserted. */
  lockForChange(tx: EntityManager, service: string, id: string): Promise<Job | null> {
    return tx.findOne(JobEntity, {
      where: { id, service, deletedAt: IsNull() },
      lock: { mode: 'for_no_key_update' },
    });
  }

  /** SHARE: many may hold it at once, and whoever would change or delete the job waits for all of them. */
  lockForUse(tx: EntityManager, service: string, id: string): Promise<Job | null> {
    return tx.findOne(JobEntity, {
      where: { id, service, deletedAt: IsNull() },
      lock: { mode: 'pessimistic_read' },
    });
  }

  count(tx: EntityManager, service: string): Promise<number> {
    return tx.countBy(JobEntity, { service, deletedAt: IsNull() });
  }

  async insert(tx: EntityManager, job: Job): Promise<void> {
    await namingClash(job.name, () => tx.insert(JobEntity, row(job)));
  }

  async update(tx: EntityManager, job: Job): Promise<void> {
    await namingClash(job.name, () => tx.update(JobEntity, { id: job.id, service: job.service }, row(job)));
  }
}

function narrow(
  query: SelectQueryBuilder<JobEntity>,
  { active, tags = [], q }: JobFilter,
): SelectQueryBuilder<JobEntity> {
  if (active !== undefined) query.andWhere('job.active = :active', { active });
  if (tags.length > 0) query.andWhere('job.tags @> CAST(:tags AS text[])', { tags });
  if (q) query.andWhere('(job.name ILIKE :q OR job.description ILIKE :q)', { q: `%${literal(q)}%` });
  return query;
}

/** A client's `%`, `_` and `\` mean themselves. */
function literal(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

async function namingClash(name: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const constraint = violatedConstraint(error);
    if (constraint === 'jobs_of_service') throw serviceUnknown();
    throw constraint === 'jobs_name_per_service' ? jobNameTaken(name) : error;
  }
}

/** TypeORM's types follow neither readonly lists nor `unknown` inside a jsonb column. */
function row(job: Job): QueryDeepPartialEntity<JobEntity> {
  return job as unknown as QueryDeepPartialEntity<JobEntity>;
}
