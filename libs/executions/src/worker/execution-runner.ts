import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '@app/platform/clock';
import { retryWhileAway } from '@app/platform/database';
import { failPoint } from '@app/platform/fail-point';
import { type AbortReason, type Outcome, type RunContext, type RunGrants, TargetRunners } from '@app/targets';
import { type Claim, mayGoUncalled } from '../domain/claim.js';
import type { Attempt } from '../domain/execution.js';
import { decide, type Settlement } from '../domain/settlement.js';
import type { QueuedRun } from '../domain/queue-message.js';
import { traceAttempt } from '../run-trace.js';
import { ClaimsRepository } from './claims.repository.js';
import { RunGate } from './run-gate.js';
import { RunLender } from './run-lender.js';
import { runLogFields } from './run-log-fields.js';
import { RunLogWriter } from './run-log-writer.js';
import { runMetrics } from './run-metrics.js';
import { RunsInFlight } from './runs-in-flight.js';
import { ServiceStorage, withoutOutput } from './service-storage.js';
import { Settler } from './settler.js';
import { WorkerSession } from './worker-session.js';

/** An isolated run that found no free process tries the next one about so much later. */
const PUT_OFF_MS = 5_000;

/** One try of one execution: claim, run, decide, settle. */
@Injectable()
export class ExecutionRunner {
  private readonly logger = new Logger(ExecutionRunner.name);

  constructor(
    private readonly claims: ClaimsRepository,
    private readonly session: WorkerSession,
    private readonly gate: RunGate,
    private readonly runs: RunsInFlight,
    private readonly lender: RunLender,
    private readonly targets: TargetRunners,
    private readonly logs: RunLogWriter,
    private readonly storage: ServiceStorage,
    private readonly settler: Settler,
    private readonly clock: Clock,
  ) {}

  /** @param onClaimed called when the run is this worker's own, long before it has ended: its message is needed no more */
  async run(queued: QueuedRun, onClaimed: () => void): Promise<void> {
    const work = () => this.claimAndRun(queued, onClaimed);
    const hasRun = queued.isolated ? await this.gate.alone(work) : await this.gate.together(work);
    if (!hasRun) await this.putOff(queued, queued.isolated ? Math.random() * PUT_OFF_MS : 0);
  }

  private async claimAndRun(queued: QueuedRun, onClaimed: () => void): Promise<void> {
    const claim = await this.claim(queued);
    if (!claim) return runMetrics.stale();
    failPoint('after_claim');
    // The process may have stood still since the claim, for so long that another worker has the run by now.
    if (!this.session.holds(claim.sessionId)) return runMetrics.discarded();
    const signal = this.runs.add(claim.id);
    onClaimed();
    try {
      await this.runClaimed(claim, signal);
    } finally {
      this.runs.remove(claim.id);
    }
  }

  /** A message whose claim fails is gone from the queue, so the claim is not given up while the database is away. */
  private claim(queued: QueuedRun): Promise<Claim | null> {
    return retryWhileAway(
      async () => this.claims.claim(queued, await this.session.live()),
      (error) => this.logger.warn(`not claimed yet: ${error.message}`, { executionId: queued.executionId }),
    );
  }

  /** To another worker; no attempt is spent, as none has begun. */
  private async putOff(queued: QueuedRun, delayMs: number): Promise<void> {
    await retryWhileAway(
      () => this.claims.putOff(queued, delayMs),
      (error) => this.logger.warn(`execution ${queued.executionId} is not put off yet: ${error.message}`),
    );
  }

  private async runClaimed(claim: Claim, signal: AbortSignal): Promise<void> {
    runMetrics.started(claim);
    this.logger.debug('starts', runLogFields(claim));
    const startedAtMs = this.clock.monotonicMs();
    const trace = traceAttempt(claim);
    const outcome = await this.perform(claim, signal, trace.traceparent);
    const decision = decide(claim, outcome, Math.random());
    const elapsedMs = this.clock.monotonicMs() - startedAtMs;
    runMetrics.ran(claim, outcome, elapsedMs);
    if (decision.type === 'abandoned') return runMetrics.discarded();
    trace.end(decision, elapsedMs);
    failPoint('after_response_before_settle');
    this.logger.debug(`${decision.outcome} after ${Math.round(elapsedMs)} ms`, runLogFields(claim));
    await this.settler.settle(claim, decision, attemptOf(claim, decision, elapsedMs));
    failPoint('after_settle');
  }

  private async perform(claim: Claim, signal: AbortSignal, traceparent: string): Promise<Outcome> {
    const timeOut: AbortReason = { type: 'timeout', message: `not finished within ${claim.timeoutMs} ms` };
    const timer = setTimeout(() => this.runs.abort(claim.id, timeOut), claim.timeoutMs);
    try {
      return await this.call(claim, signal, traceparent);
    } catch (error) {
      return this.bug(claim, error as Error);
    } finally {
      clearTimeout(timer);
    }
  }

  private async call(claim: Claim, signal: AbortSignal, traceparent: string): Promise<Outcome> {
    const isFull = await this.storage.isFull(claim.service);
    const log = this.logs.open(claim, isFull);
    try {
      const grants = await this.lender.lend(claim);
      const context = contextOf(claim, grants, traceparent, () => this.clock.now());
      const outcome = await this.targets.run(claim.target, context, signal, log);
      return isFull ? withoutOutput(outcome) : outcome;
    } finally {
      await this.logs.close(log);
    }
  }

  /** Runners answer with an outcome for whatever a target does: an exception is ours, and still ends the run. */
  private bug(claim: Claim, error: Error): Outcome {
    this.logger.error(`the runner broke: ${error.message}`, error.stack, runLogFields(claim));
    const message = 'the scheduler failed to run this target; its log has the details';
    return {
      type: 'failed',
      cause: 'target',
      error: { type: 'internal_error', message },
      result: null,
      retryAfterMs: null,
      gone: false,
    };
  }
}

function contextOf(claim: Claim, grants: RunGrants, traceparent: string, now: () => Date): RunContext {
  return {
    executionId: claim.id,
    jobId: claim.jobId,
    jobName: claim.jobName,
    scheduleId: claim.scheduleId,
    scheduledFor: claim.scheduledFor.toISOString(),
    attempt: claim.attempt,
    // Tries that were lost or released do not count, so the last number to expect moves with them.
    maxAttempts: claim.maxAttempts + claim.lostCount + claim.releasedCount,
    trigger: claim.trigger,
    retryOf: claim.retryOf,
    parameters: claim.parameters,
    timeoutMs: claim.timeoutMs,
    mayGoUncalled: mayGoUncalled(claim),
    deadline: new Date(claim.attemptStartedAt.getTime() + claim.timeoutMs).toISOString(),
    now,
    traceparent,
    grants,
  };
}

/** Both ends on the database's clock: the claim's time, and what a steady clock measured since. */
function attemptOf(claim: Claim, settlement: Settlement, elapsedMs: number): Attempt {
  const { result, error, outcome } = settlement;
  return {
    attempt: claim.attempt,
    startedAt: claim.attemptStartedAt.toISOString(),
    finishedAt: new Date(claim.attemptStartedAt.getTime() + Math.round(elapsedMs)).toISOString(),
    outcome,
    ...(result?.statusCode !== undefined && { statusCode: result.statusCode }),
    ...(result?.exitCode !== undefined && { exitCode: result.exitCode }),
    error,
    workerId: claim.sessionId,
  };
}
