import { randomBytes } from 'node:crypto';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { validate as isUuid } from 'uuid';
import { type Change, recordChange } from '@app/audit';
import { type Job, JobLifecycle, type JobLifecycleListener, JobsService, type OwnedJob } from '@app/jobs';
import { Clock } from '@app/platform/clock';
import { madeBefore, rememberMade } from '@app/platform/http';
import { ProblemError } from '@app/platform/problem';
import { newExecutionId } from './domain/execution-id.js';
import { isFinal, RETRYABLE_STATES } from './domain/execution-state.js';
import type { Execution } from './domain/execution.js';
import type { NewExecution } from './domain/new-execution.js';
import { ExecutionDispatcher } from './execution-dispatcher.js';
import {
  executionFinished,
  executionNotFound,
  executionNotRetryable,
  jobOfExecutionDeleted,
} from './executions.errors.js';
import { type Cancellation, ExecutionsRepository } from './executions.repository.js';

/** What a run that somebody asked for adds to its job. */
interface ManualRun {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly traceparent: string | null;
}

type AskedRun = Pick<NewExecution, 'trigger' | 'scheduleId' | 'retryOf' | 'parameters' | 'traceparent'>;

@Injectable()
export class ExecutionsService implements OnModuleInit, JobLifecycleListener {
  private readonly logger = new Logger(ExecutionsService.name);

  constructor(
    private readonly executions: ExecutionsRepository,
    private readonly jobs: JobsService,
    private readonly lifecycle: JobLifecycle,
    private readonly dispatcher: ExecutionDispatcher,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.lifecycle.register(this);
  }

  /**
   * Asks for one run now, also of an inactive job: deactivation stops schedules, not people.
   * @throws ProblemError `job_not_found`
   */
  async execute(service: string, jobId: string, run: ManualRun): Promise<Execution> {
    const job = await this.jobs.get(service, jobId);
    return this.start(job, { trigger: 'manual', scheduleId: null, retryOf: null, ...mergedOver(job, run) });
  }

  /**
   * Repeats an execution that ended badly, as a new one with the same parameters.
   * @throws ProblemError `execution_not_found`, `execution_not_retryable`, `job_deleted`
   */
  async retry(service: string, id: string, traceparent: string | null): Promise<Execution> {
    const original = await this.get(service, id);
    if (!RETRYABLE_STATES.includes(original.state)) throw executionNotRetryable(id, original.state);
    const job = await this.jobs.findIncludingDeleted(service, original.jobId);
    if (!job || job.deletedAt) throw jobOfExecutionDeleted(id);
    const { scheduleId, parameters } = original;
    const run = { trigger: 'retry', scheduleId, retryOf: id, parameters, traceparent } as const;
    return this.start(job, run).catch((error: Error) => {
      // Deleted since it was read.
      throw error instanceof ProblemError && error.code === 'job_not_found'
        ? jobOfExecutionDeleted(id)
        : error;
    });
  }

  /**
   * Ends a waiting execution at once and asks the worker of a running one to end it. Asking again changes nothing.
   * @throws ProblemError `execution_not_found`, `execution_finished`
   */
  async cancel(service: string, id: string, actor: string, reason: string | null): Promise<Execution> {
    const execution = await this.get(service, id);
    const isOpen = !isFinal(execution.state);
    const cancelled = isOpen && (await this.endFor(execution, { service, id, actor, reason }));
    const after = await this.get(service, id);
    if (!cancelled) throw executionFinished(id, after.state);
    return after;
  }

  /** @throws ProblemError `execution_not_found`, also for another service's and for an id that is not a UUID */
  async get(service: string, id: string): Promise<Execution> {
    const execution = isUuid(id) ? await this.executions.find(service, id) : null;
    if (!execution) throw executionNotFound(id);
    return execution;
  }

  async onJobDeleted(tx: EntityManager, job: OwnedJob): Promise<void> {
    await this.executions.cancelPendingOfJob(tx, job);
  }

  /** @returns whether there was anything left to cancel */
  private endFor(execution: Execution, cancellation: Cancellation): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      const cancelled = await this.executions.cancel(tx, cancellation);
      // Whoever asks again changes nothing.
      if (!cancelled || execution.cancelRequestedAt !== null) return cancelled;
      const { id: resourceId, service, actor, reason } = cancellation;
      const sides = { before: { state: execution.state }, after: { jobId: execution.jobId } };
      await recordChange(tx, { service, actor, reason, action: 'execution.cancelled', resourceId, ...sides });
      return cancelled;
    });
  }

  private async start(job: Job, run: AskedRun): Promise<Execution> {
    const earlier = madeBefore();
    if (earlier !== null) return this.get(job.service, earlier);
    const id = await this.dataSource.transaction(async (tx) => {
      await this.jobs.lockForUse(tx, job.service, job.id);
      const made = await this.insertNow(tx, job, run);
      if (run.retryOf !== null) await this.executions.markRetried(tx, run.retryOf, made);
      await recordChange(tx, askedFor(job, run, made));
      await rememberMade(tx, made);
      return made;
    });
    const stored = await this.get(job.service, id);
    // The one line that has both the caller's request id and the ids that all lines of the run have.
    const { service, jobId, scheduleId, trigger } = stored;
    this.logger.debug('accepted', { service, jobId, scheduleId, executionId: id, trigger });
    this.dispatcher.nudge();
    return stored;
  }

  /** At the first free slot from now on: two retries of a schedule's run may come within one millisecond. */
  private async insertNow(tx: EntityManager, job: Job, run: AskedRun): Promise<string> {
    for (let at = this.clock.now().getTime(); ; at += 1) {
      const execution = executionOf(job, run, new Date(at));
      const [id] = await this.executions.insertExecutions(tx, [execution]);
      if (id !== undefined) return id;
    }
  }
}

function executionOf(job: Job, run: AskedRun, scheduledFor: Date): NewExecution {
  return {
    ...run,
    id: newExecutionId(scheduledFor, randomBytes(16)),
    scheduledFor,
    service: job.service,
    jobId: job.id,
    jobVersion: job.version,
    state: 'pending',
    reason: null,
    reasonDetail: null,
    priority: job.priority,
    dueAt: null,
    hold: null,
    maxAttempts: job.retryPolicy.maxAttempts,
  };
}

function askedFor({ service, id: jobId }: Job, { retryOf }: AskedRun, made: string): Change {
  return retryOf === null
    ? { service, action: 'execution.requested', resourceId: made, after: { jobId } }
    : { service, action: 'execution.retried', resourceId: retryOf, after: { jobId, retriedAs: made } };
}

function mergedOver(job: Job, { parameters, traceparent }: ManualRun): ManualRun {
  return { parameters: { ...job.parameters, ...parameters }, traceparent };
}
