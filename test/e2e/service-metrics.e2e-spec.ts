import { describe, expect, it } from '@jest/globals';
import { promtool, withPromtool } from '../support/promtool.js';
import { waitFor } from '../support/wait-for.js';
import { rules } from '../deploy/known-metrics.js';
import { PrometheusServer } from './support/prometheus.js';
import { ownMetricsIn, scrape, valueOf } from './support/metrics.js';
import { bodyOf, targetPath, useRunningService } from './support/running-service.js';

const service = useRunningService();

const DELAY_COUNT = 'scheduler_start_delay_part_seconds_count';

const onWorker = (): Promise<string> => scrape(service.workerUrl);
const onApi = (): Promise<string> => scrape(service.api.url);

describe('metrics of a run', () => {
  it('count its attempts and its end, and measure its delay and duration', async () => {
    const job = await service.createJob({
      retryPolicy: { maxAttempts: 2, initialDelayMs: 10, backoff: 'fixed' },
    });
    service.target.answer(targetPath(job), { status: 503 });
    expect((await service.run(job)).state).toBe('failed');

    const text = await onWorker();
    expect(valueOf(text, 'scheduler_attempts_total', { outcome: 'failed', trigger: 'manual' })).toBe(2);
    expect(valueOf(text, 'scheduler_executions_finished_total', { state: 'failed' })).toBe(1);
    expect(valueOf(text, 'scheduler_target_calls_total', { target_type: 'http', result: '5xx' })).toBe(2);
    expect(valueOf(text, 'scheduler_run_duration_seconds_count', { state: 'failed' })).toBe(1);
    expect(valueOf(text, 'scheduler_start_delay_seconds_count', { trigger: 'manual' })).toBe(1);
    expect(valueOf(text, DELAY_COUNT, { part: 'queue_wait' })).toBe(2);
    // Whoever had it first has handed it over: the api after its commit, or the worker's loop.
    expect(valueOf(text + (await onApi()), DELAY_COUNT, { part: 'dispatch_wait' })).toBe(2);
  });

  it('tell the waits that were asked for from those that were not', async () => {
    const job = await service.createJob({ maxConcurrency: 1 });
    service.target.answer(targetPath(job), { delayMs: 1_500 });
    const [first, second] = [await service.execute(job), await service.execute(job)];
    await Promise.all([service.ended(first.id), service.ended(second.id)]);
    const waited = valueOf(await onWorker(), 'scheduler_start_delay_part_seconds_sum', {
      part: 'concurrency_wait',
    });
    expect(waited).toBeGreaterThan(0.2);
  });

  it('show slots that are busy while it runs, and free again after it', async () => {
    const job = await service.createJob();
    const endRun = service.target.hold(targetPath(job));
    const { id } = await service.execute(job);
    await service.target.waitForRequests(targetPath(job), 1);
    const during = await onWorker();
    expect(valueOf(during, 'scheduler_worker_slots', { state: 'busy' })).toBe(1);
    endRun();
    await service.ended(id);
    await waitFor(async () => valueOf(await onWorker(), 'scheduler_worker_slots', { state: 'busy' }) === 0);
    const all = valueOf(during, 'scheduler_worker_slots');
    expect(valueOf(await onWorker(), 'scheduler_worker_slots', { state: 'free' })).toBe(all);
  });
});

describe('metrics of the clockwork', () => {
  it('count instants that did not run by their reason', async () => {
    const excludedWeekdays = [0, 1, 2, 3, 4, 5, 6];
    bodyOf(201, await service.api.post('/calendars', { name: 'always', excludedWeekdays }));
    const job = await service.createJob();
    await service.createSchedule(job, { type: 'interval', intervalSeconds: 1, calendars: ['always'] });
    await waitFor(
      async () =>
        (valueOf(await onWorker(), 'scheduler_instants_not_run_total', {
          state: 'skipped',
          reason: 'calendar',
        }) ?? 0) > 0,
    );
  });

  it('say on the api what the stores know', async () => {
    const text = await onApi();
    expect(valueOf(text, 'scheduler_sessions')).toBe(1);
    expect(valueOf(text, 'scheduler_due_backlog', { state: 'pending' })).not.toBeNull();
    expect(valueOf(text, 'scheduler_oldest_due_age_seconds')).toBeGreaterThanOrEqual(0);
    expect(valueOf(text, 'scheduler_queue_entries')).not.toBeNull();
    expect(valueOf(text, 'scheduler_partitions', { table: 'executions' })).toBeGreaterThan(4);
    expect(valueOf(text, 'scheduler_partitions_ahead_seconds', { table: 'executions' })).toBeGreaterThan(
      20 * 86_400,
    );
    expect(valueOf(text, 'scheduler_database_connections_limit')).toBeGreaterThan(0);
  });

  it('leave the stores to the api: a worker shows no second truth', async () => {
    expect(valueOf(await onWorker(), 'scheduler_oldest_due_age_seconds')).toBeNull();
  });

  it('count connections that follow a log', async () => {
    const job = await service.createJob();
    const endRun = service.target.hold(targetPath(job));
    const { id } = await service.execute(job);
    const stream = await fetch(`${service.api.url}/executions/${id}/logs?follow=true`);
    await waitFor(async () => valueOf(await onApi(), 'scheduler_sse_clients') === 1);
    endRun();
    await stream.text();
    await waitFor(async () => valueOf(await onApi(), 'scheduler_sse_clients') === 0);
  });
});

describe('/metrics', () => {
  withPromtool.each([['api'], ['worker']])("of the %s pass promtool's linter", async (app) => {
    const text = await (app === 'api' ? onApi() : onWorker());
    expect(promtool(['check', 'metrics'], ownMetricsIn(text))).toEqual({ status: 0, output: '' });
  });

  it('have labels from closed sets only: as many series after many more jobs', async () => {
    const seriesOf = (text: string): number =>
      text.split('\n').filter((line) => line.startsWith('scheduler_')).length;
    await service.run(await service.createJob());
    const before = seriesOf(await onWorker());
    for (let count = 0; count < 5; count++) await service.run(await service.createJob());
    expect(seriesOf(await onWorker())).toBe(before);
  });
});

describe('Prometheus with the rules of this repository', () => {
  withPromtool('has data for each recording rule after half a minute', async () => {
    const job = await service.createJob();
    await service.createSchedule(job, { type: 'interval', intervalSeconds: 1 });
    const prometheus = await PrometheusServer.start({ api: service.api.url, worker: service.workerUrl });
    try {
      const recorded = rules.flatMap(({ record }) => record ?? []);
      await waitFor(async () => (await without(recorded, prometheus)).length === 0, {
        timeoutMs: 45_000,
        describe: 'every recording rule to have data',
      }).catch(() => undefined);
      expect(await without(recorded, prometheus)).toEqual([]);
      expect(await prometheus.seriesOf('ALERTS{alertname="SchedulerWatchdog"}')).toBe(1);
      expect(await prometheus.seriesOf('ALERTS{severity="page",alertstate="firing"}')).toBe(0);
    } finally {
      await prometheus.stop();
    }
  });
});

async function without(records: readonly string[], prometheus: PrometheusServer): Promise<string[]> {
  const counts = await Promise.all(records.map((record) => prometheus.seriesOf(record)));
  return records.filter((_, index) => counts[index] === 0);
}
