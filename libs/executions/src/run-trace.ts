import { createHash, randomUUID } from 'node:crypto';
import { SpanKind } from '@opentelemetry/api';
import { formatTraceparent, isSampled, isTracing, parseTraceparent, recordSpan } from '@app/platform/tracing';
import type { Claim } from './domain/claim.js';
import type { Execution } from './domain/execution.js';
import type { NewExecution } from './domain/new-execution.js';
import type { Settlement } from './domain/settlement.js';

type Stage = 'fire' | 'dispatch' | 'claim' | 'attempt';
type Traced = Pick<Execution, 'id' | 'traceparent'>;

/** What a run's target is told of its trace, and what ends with the attempt. */
export interface AttemptTrace {
  readonly traceparent: string;
  end(settlement: Settlement, elapsedMs: number): void;
}

/**
 * W3C trace id: the caller's, where one asked for the run. Otherwise the execution's own id, so that a trace is found from
 * the history and all processes agree on it without a word.
 */
export function traceIdOf({ id, traceparent }: Traced): string {
  return callerOf(traceparent)?.traceId ?? id.replaceAll('-', '');
}

/** The span of the transaction that made a schedule's run: the first of its trace. Call it after the commit. */
export function recordFire(execution: NewExecution, startedAt: Date): void {
  if (!isTracing() || !isKept(execution)) return;
  recordSpan({
    name: 'fire',
    kind: SpanKind.PRODUCER,
    traceId: traceIdOf(execution),
    spanId: spanIdOf(execution.id, 'fire', 0),
    startedAt,
    endedAt: new Date(),
    attributes: {
      ...attributesOf(execution),
      'scheduler.scheduled_for': execution.scheduledFor.toISOString(),
      'scheduler.state': execution.state,
    },
  });
}

/** From dispatch to target, as one chain below the fire or the caller; the target continues it. */
export function traceAttempt(claim: Claim): AttemptTrace {
  const spanId = newSpanId();
  if (!isTracing())
    return { traceparent: claim.traceparent ?? given(claim, spanId, true), end: () => undefined };
  const kept = isKept(claim);
  return {
    traceparent: given(claim, spanId, kept),
    end: (settlement, elapsedMs) => kept && recordAttempt(claim, spanId, settlement, elapsedMs),
  };
}

function recordAttempt(claim: Claim, targetSpanId: string, settlement: Settlement, elapsedMs: number): void {
  const { id, delivery, attempt, attemptStartedAt } = claim;
  const queuedAt = claim.queuedAt ?? attemptStartedAt;
  const endedAt = new Date(attemptStartedAt.getTime() + Math.round(elapsedMs));
  const common = { traceId: traceIdOf(claim), attributes: attributesOf(claim) };
  const ids = {
    dispatch: spanIdOf(id, 'dispatch', delivery),
    claim: spanIdOf(id, 'claim', delivery),
    attempt: spanIdOf(id, 'attempt', attempt),
  };
  recordSpan({
    ...common,
    name: 'dispatch',
    kind: SpanKind.PRODUCER,
    spanId: ids.dispatch,
    parentSpanId: firstSpanOf(claim),
    startedAt: earlier(claim.dueAt, queuedAt),
    endedAt: queuedAt,
  });
  recordSpan({
    ...common,
    name: 'claim',
    kind: SpanKind.CONSUMER,
    spanId: ids.claim,
    parentSpanId: ids.dispatch,
    startedAt: queuedAt,
    endedAt: attemptStartedAt,
  });
  const error = settlement.error?.type;
  const outcome = { startedAt: attemptStartedAt, endedAt, ...(error !== undefined && { error }) };
  recordSpan({
    ...common,
    ...outcome,
    name: 'attempt',
    kind: SpanKind.INTERNAL,
    spanId: ids.attempt,
    parentSpanId: ids.claim,
    attributes: { ...common.attributes, 'scheduler.outcome': settlement.outcome },
  });
  recordSpan({
    ...common,
    ...outcome,
    name: `target ${claim.target.type}`,
    kind: SpanKind.CLIENT,
    spanId: targetSpanId,
    parentSpanId: ids.attempt,
    attributes: { ...common.attributes, ...answerOf(settlement) },
  });
}

/** Retries, manual and bulk runs begin where somebody asked for them; those of a schedule with its fire. */
function firstSpanOf({ id, traceparent, trigger }: Claim): string | undefined {
  const isAskedFor = trigger === 'manual' || trigger === 'retry';
  return isAskedFor ? callerOf(traceparent)?.spanId : spanIdOf(id, 'fire', 0);
}

function isKept(execution: Traced): boolean {
  return callerOf(execution.traceparent)?.isSampled ?? isSampled(traceIdOf(execution));
}

function given(execution: Traced, spanId: string, isSampled: boolean): string {
  return formatTraceparent({ traceId: traceIdOf(execution), spanId, isSampled });
}

function callerOf(traceparent: string | null) {
  return traceparent === null ? null : parseTraceparent(traceparent);
}

function attributesOf(run: Claim | NewExecution) {
  return {
    'scheduler.service': run.service,
    'scheduler.execution.id': run.id,
    'scheduler.job.id': run.jobId,
    'scheduler.trigger': run.trigger,
    ...(run.scheduleId !== null && { 'scheduler.schedule.id': run.scheduleId }),
    ...('attempt' in run && { 'scheduler.attempt': run.attempt, 'scheduler.delivery': run.delivery }),
  };
}

function answerOf({ result }: Settlement) {
  return {
    ...(result?.statusCode !== undefined && { 'http.response.status_code': result.statusCode }),
    ...(typeof result?.exitCode === 'number' && { 'process.exit.code': result.exitCode }),
  };
}

/** The same wherever it is asked, so that no message carries it. */
function spanIdOf(executionId: string, stage: Stage, number: number): string {
  return createHash('sha256').update(`${executionId} ${stage} ${number}`).digest('hex').slice(0, 16);
}

/** The random half of a UUID, which Node draws by the hundred: eight bytes drawn alone cost 4 µs. */
function newSpanId(): string {
  return randomUUID().slice(19).replace('-', '');
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}
