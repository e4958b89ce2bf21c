import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { validate as isUuid } from 'uuid';
import { recordChange } from '@app/audit';
import { jobNotFound } from '@app/jobs';
import { Clock } from '@app/platform/clock';
import { madeBefore } from '@app/platform/http';
import { isFinal, RETRYABLE_STATES } from './domain/execution-state.js';
import type { Execution } from './domain/execution.js';
import { ExecutionDispatcher } from './dispatch/execution-dispatcher.js';
import {
  executionFinished,
  executionNotFound,
  executionNotRetryable,
  jobOfExecutionDeleted,
} from './executions.errors.js';
import { type Cancellation, ExecutionsRepository } from './executions.repository.js';
import { HandOvers } from './dispatch/hand-overs.js';
import { QueuePlaces } from './dispatch/queue-places.js';
import type { RequestedRun } from './requests/requested-run.js';
import { RequestedRunsRepository } from './requests/requested-runs.repository.js';

/** What a run that somebody asked for adds to its job. */
interface ManualRun {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly traceparent: string | null;
}

@Injectable()
export class ExecutionsService {
  private readonly logger = new Logger(ExecutionsService.name);

  constructor(
    private readonly executions: ExecutionsRepository,
    private readonly requested: RequestedRunsRepository,
    private readonly places: QueuePlaces,
    private readonly handOvers: HandOvers,
    private readonly dispatcher: ExecutionDispatcher,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * Asks for one run now, even of an inactive job: deactivation stops schedules, not people.
   * @throws ProblemError `job_not_found`, `quota_exceeded`
   */
  async execute(service: string, jobId: string, run: ManualRun): Promise<Execution> {
    const made = isUuid(jobId) ? await this.start({ ...run, service, jobId, repeats: null }) : null;
    if (!made) throw jobNotFound(jobId);
    return made;
  }

  /**
   * Repeats an execution that ended badly, as a new one with the same parameters.
   * @throws ProblemError `execution_not_found`, `execution_not_retryable`, `job_deleted`, `quota_exceeded`
   */
  async retry(service: string, id: string, traceparent: string | null): Promise<Execution> {
    const original = await this.get(service, id);
    if (!RETRYABLE_STATES.includes(original.state)) throw executionNotRetryable(id, original.state);
    const { jobId, parameters } = original;
    const made = await this.start({ service, jobId, parameters, traceparent, repeats: original });
    if (!made) throw jobOfExecutionDeleted(id);
    return made;
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

  /** @returns whether there was anything left to cancel */
  private endFor(execution: Execution, cancellation: Cancellation): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      const isFirst = await this.executions.cancel(tx, cancellation);
      // Whoever asks again changes nothing.
      if (!isFirst) return isFirst !== null;
      const { id: resourceId, service, actor, reason } = cancellation;
      const sides = { before: { state: execution.state }, after: { jobId: execution.jobId } };
      await recordChange(tx, { service, actor, reason, action: 'execution.cancelled', resourceId, ...sides });
      return true;
    });
  }

  /** @returns null: there is no such job */
  private async start(run: Omit<RequestedRun, 'mayStart'>): Promise<Execution | null> {
    const earlier = madeBefore();
    if (earlier !== null) return this.get(run.service, earlier);
    const mayStart = this.places.take();
    const made = await this.requested.insertNow({ ...run, mayStart }, this.clock.now());
    if (!made) return null;
    const { id, service, jobId, scheduleId, trigger, priority, delivery } = made;
    this.logger.debug('accepted', { service, jobId, scheduleId, executionId: id, trigger });
    if (made.state === 'queued') this.handOvers.soon([{ id, delivery, service, priority }]);
    else this.dispatcher.nudge();
    return made;
  }
}
