import { describe, expect, it } from '@jest/globals';
import { waitFor } from '../support/wait-for.js';
import type { Execution } from './support/resources.js';
import { targetPath, useRunningService } from './support/running-service.js';
import { type ReceivedSpan, spansIn } from './support/received-spans.js';

const CALLER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const UNSAMPLED = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const FIRED = ['fire', 'dispatch', 'claim', 'attempt', 'target http'];

/** The OTLP receiver is the target server, on a path of its own. */
const service = useRunningService((target) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: target.url('/otlp'),
  OTEL_EXPORTER_OTLP_HEADERS: 'x-receiver-key=let%20me%20in',
  OTEL_BSP_SCHEDULE_DELAY: '200',
}));

const received = (): ReceivedSpan[] =>
  service.target.requestsTo('/otlp/v1/traces').flatMap(({ body }) => spansIn(body));

const traceOf = (traceId: string, names: readonly string[]): Promise<ReceivedSpan[]> =>
  waitFor(
    () => {
      const spans = received().filter((span) => span.traceId === traceId);
      return names.every((name) => spans.some((span) => span.name === name)) && spans;
    },
    { timeoutMs: 20_000, describe: `spans ${names.join(', ')} of trace ${traceId}` },
  );

/** From the innermost span up, by their parents. */
function pathUp(spans: readonly ReceivedSpan[], from: string): string[] {
  const names: string[] = [];
  let span = spans.find(({ name }) => name === from);
  while (span) {
    names.unshift(span.name);
    const { parentSpanId } = span;
    span = spans.find(({ spanId }) => spanId === parentSpanId);
  }
  return names;
}

describe('a trace', () => {
  it('leads from the fire of a schedule to the target, under the id that the execution shows', async () => {
    const job = await service.createJob();
    const schedule = await service.createSchedule(job, { type: 'interval', intervalSeconds: 1 });
    const [call] = await service.target.waitForRequests(targetPath(job), 1);
    const executionId = String(call?.headers['x-scheduler-execution-id']);
    await service.ended(executionId);

    const { traceId } = (await service.execution(executionId)) as Execution & { traceId: string };
    const spans = await traceOf(traceId, FIRED);

    expect(pathUp(spans, 'target http')).toEqual(FIRED);
    const target = spans.find(({ name }) => name === 'target http');
    expect(call?.headers.traceparent).toBe(`00-${traceId}-${target?.spanId}-01`);
    expect(target?.attributes).toMatchObject({
      'scheduler.execution.id': executionId,
      'scheduler.schedule.id': schedule.id,
      'scheduler.attempt': 1,
      'http.response.status_code': 200,
    });
    expect(new Set(spans.map(({ serviceName }) => serviceName))).toEqual(new Set(['scheduler-worker']));
    expect(spans.every(({ startedAt, endedAt }) => startedAt <= endedAt)).toBe(true);
  });

  it('that a caller began goes on through the api and the worker to the target', async () => {
    const job = await service.createJob();
    const traceparent = `00-${CALLER.traceId}-${CALLER.spanId}-01`;
    await service.execute(job, undefined, { traceparent });

    const route = 'POST /jobs/:jobId/execute';
    const spans = await traceOf(CALLER.traceId, [route, 'target http']);
    expect(pathUp(spans, 'target http')).toEqual([route, 'dispatch', 'claim', 'attempt', 'target http']);
    expect(spans.find(({ name }) => name === route)).toMatchObject({
      parentSpanId: CALLER.spanId,
      serviceName: 'scheduler-api',
      attributes: { 'http.response.status_code': 202 },
    });
  });

  it('has an attempt for each try, and says of a failed one what failed', async () => {
    const job = await service.createJob({
      retryPolicy: { maxAttempts: 2, backoff: 'fixed', initialDelayMs: 50, jitter: 'none' },
    });
    service.target.answer(targetPath(job), { status: 503 }, { status: 200 });
    const execution = (await service.run(job)) as Execution & { traceId: string };
    const attempts = await waitFor(() => {
      const spans = received().filter(
        ({ traceId, name }) => traceId === execution.traceId && name === 'attempt',
      );
      return spans.length === 2 && spans;
    });
    const tries = attempts.map(({ attributes, error }) => [attributes['scheduler.attempt'], error !== null]);
    expect(tries.sort()).toEqual([
      [1, true],
      [2, false],
    ]);
  });

  it('is not kept when its caller does not keep it, and the target is told so', async () => {
    const job = await service.createJob();
    const { id } = await service.execute(job, undefined, {
      traceparent: `00-${UNSAMPLED.traceId}-${UNSAMPLED.spanId}-00`,
    });
    const [call] = await service.target.waitForRequests(targetPath(job), 1);
    expect(call?.headers.traceparent).toMatch(new RegExp(`^00-${UNSAMPLED.traceId}-[\\da-f]{16}-00$`));
    await service.ended(id);
    const kept = (await service.run(job)) as Execution & { traceId: string };
    await traceOf(kept.traceId, ['target http']);
    expect(received().filter(({ traceId }) => traceId === UNSAMPLED.traceId)).toEqual([]);
  });

  it('is sent with the headers that the receiver asks for, and probes are no part of any', async () => {
    await service.api.get('/health/ready');
    const kept = (await service.run(await service.createJob())) as Execution & { traceId: string };
    await traceOf(kept.traceId, ['target http']);
    const [request] = service.target.requestsTo('/otlp/v1/traces');
    expect(request?.headers['x-receiver-key']).toBe('let me in');
    expect(received().filter(({ name }) => name.includes('health'))).toEqual([]);
  });
});
