import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Gauge, register, type Registry } from 'prom-client';
import { ExecutionsQueue } from '@app/executions';
import { Clock } from '@app/platform/clock';
import { recentAnswer, within } from '@app/platform/waiting';
import { BacklogRepository } from './backlog.repository.js';

/** Registered when an app provides this, so that a process without it does not show zeros. */
const registers: Registry[] = [];

const backlog = new Gauge({
  name: 'scheduler_due_backlog',
  help: 'Due and not started, by where it waits: schedule, pending, queued, held. From the database: take max(), not sum().',
  labelNames: ['state'],
  registers,
});

const oldestDueAge = new Gauge({
  name: 'scheduler_oldest_due_age_seconds',
  help: 'Age of the oldest due instant or run that has not started, held ones and the low-priority lane left out. From the database: take max().',
  registers,
});

const sessions = new Gauge({
  name: 'scheduler_sessions',
  help: 'Workers whose lease holds. From the database: take max().',
  registers,
});

const slots = new Gauge({
  name: 'scheduler_sessions_slots',
  help: 'Executions that all workers together can run at a time. From the database: take max().',
  registers,
});

const partitions = new Gauge({
  name: 'scheduler_partitions',
  help: 'Partitions of each partitioned table. From the database: take max().',
  labelNames: ['table'],
  registers,
});

const partitionsAhead = new Gauge({
  name: 'scheduler_partitions_ahead_seconds',
  help: 'How far into the future the partitions of each table reach. From the database: take max().',
  labelNames: ['table'],
  registers,
});

const queueEntries = new Gauge({
  name: 'scheduler_queue_entries',
  help: 'Messages that the queue holds, by state. From the queue: take max().',
  labelNames: ['state'],
  registers,
});

const GAUGES = [backlog, oldestDueAge, sessions, slots, partitions, partitionsAhead, queueEntries];

const KEPT_MS = 5_000;
const PARTITIONS_KEPT_MS = 60_000;
/** Prometheus gives up after 10 s: without a store the other metrics must still arrive. */
const GIVE_UP_AFTER_MS = 2_000;
const DAY_SECONDS = 86_400;

/**
 * What only the stores know, read when Prometheus asks, at most every 5 s in a process. The api has it and not the
 * workers: without any worker the backlog is what one wants to see. A value that cannot be read is left out, never old.
 */
@Injectable()
export class BacklogMetrics implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(BacklogMetrics.name);

  constructor(
    private readonly repository: BacklogRepository,
    private readonly queue: ExecutionsQueue,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const nowMs = (): number => this.clock.monotonicMs();
    const measures = [
      recentAnswer(() => this.measureBacklog(), KEPT_MS, nowMs),
      recentAnswer(() => this.measureQueue(), KEPT_MS, nowMs),
      recentAnswer(() => this.measurePartitions(), PARTITIONS_KEPT_MS, nowMs),
    ];
    const collect = recentAnswer(() => this.collect(measures), 1_000, nowMs);
    // prom-client collects a gauge's value by this hook, and has no other way to give it one after construction.
    for (const gauge of GAUGES) register.registerMetric(Object.assign(gauge, { collect }));
  }

  onModuleDestroy(): void {
    for (const { name } of GAUGES as unknown as { name: string }[]) register.removeSingleMetric(name);
  }

  private async collect(measures: readonly (() => Promise<void>)[]): Promise<void> {
    await Promise.all(measures.map((measure) => inTime(measure).catch((error: Error) => this.warn(error))));
  }

  private async measureBacklog(): Promise<void> {
    // `reset` would leave those without labels at 0, which would be a measurement.
    for (const gauge of [oldestDueAge, sessions, slots]) gauge.remove();
    backlog.reset();
    const found = await this.repository.read();
    backlog.set({ state: 'schedule' }, found.dueSchedules);
    backlog.set({ state: 'pending' }, found.pending);
    backlog.set({ state: 'queued' }, found.queued);
    backlog.set({ state: 'held' }, found.held);
    oldestDueAge.set(found.oldestDueAgeSeconds);
    sessions.set(found.sessions);
    slots.set(found.slots);
  }

  private async measureQueue(): Promise<void> {
    queueEntries.reset();
    for (const [state, count] of Object.entries(await this.queue.counts()))
      queueEntries.set({ state }, count);
  }

  private async measurePartitions(): Promise<void> {
    partitions.reset();
    partitionsAhead.reset();
    for (const { table, count, daysAhead } of await this.repository.partitions()) {
      partitions.set({ table }, count);
      partitionsAhead.set({ table }, daysAhead * DAY_SECONDS);
    }
  }

  private warn(error: Error): void {
    this.logger.warn(`could not measure the backlog: ${error.message}`);
  }
}

function inTime(measure: () => Promise<void>): Promise<void> {
  return within(GIVE_UP_AFTER_MS, measure(), () => {
    throw new Error(`no answer within ${GIVE_UP_AFTER_MS} ms`);
  });
}
