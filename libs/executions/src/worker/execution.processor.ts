import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { AppConfig } from '@app/platform/config';
import { QueueConnections } from '@app/platform/queue';
import { settledWithin } from '@app/platform/waiting';
import { CancelWatcher } from './cancel-watcher.js';
import { MessageTaker } from './message-taker.js';
import { MessageWorker } from './message-worker.js';
import { OrphanReleaser } from './orphan-releaser.js';
import { RunGate } from './run-gate.js';
import { RunsInFlight } from './runs-in-flight.js';
import { WorkerSession } from './worker-session.js';

/**
 * BullMQ may hand a message over again as often as it likes: the claim decides. Its stalled check stays on as a collector
 * of messages whose worker died.
 */
const MAX_STALLED_COUNT = 1_000;
/**
 * A worker that dies between taking a message and claiming its run leaves a row that nobody owns and a message that nobody
 * works on; only this lock's end frees it. With BullMQ's own 30 s and 30 s the run started after 58 s (measured); with
 * these after 15 s at most, and a run whose lock was lost is still fenced by its claim.
 */
const MESSAGE_LOCK_MS = 10_000;
const STALLED_CHECK_EVERY_MS = 5_000;
/** BullMQ's close waits for an answer that a queue that is away never gives. Its locks expire by themselves. */
const CLOSE_PATIENCE_MS = 5_000;
/** A connection that listens and died in silence wakes nobody: an idle worker looks for itself this often. */
const LOOK_EVERY_SECONDS = 1;

/** Takes messages from the queue, and lets go of them in order when the process ends. */
@Injectable()
export class ExecutionProcessor
  implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown
{
  private readonly logger = new Logger(ExecutionProcessor.name);
  private worker: MessageWorker | null = null;
  private drainTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly config: AppConfig,
    private readonly connections: QueueConnections,
    private readonly taker: MessageTaker,
    private readonly gate: RunGate,
    private readonly runs: RunsInFlight,
    private readonly session: WorkerSession,
    private readonly cancels: CancelWatcher,
    private readonly orphans: OrphanReleaser,
  ) {}

  onApplicationBootstrap(): void {
    this.session.onLost(() => this.runs.abortAll({ type: 'lease_lost', message: 'the lease was lost' }));
    this.worker = new MessageWorker(this.taker, {
      ...(this.connections.consumer() as { connection: never; prefix: string }),
      lockDuration: MESSAGE_LOCK_MS,
      stalledInterval: STALLED_CHECK_EVERY_MS,
      drainDelay: LOOK_EVERY_SECONDS,
      maxStalledCount: MAX_STALLED_COUNT,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
    this.worker.on('error', (error) => this.connections.report(error));
    this.worker.on('failed', (message, error) =>
      this.logger.error(`message ${message?.id}: ${error.message}`),
    );
    void this.worker.run();
    this.cancels.start();
    this.orphans.start();
  }

  /**
   * No new claims; runs in flight get the drain time, and what is left then is released to another worker. In the hook that
   * comes before all that wait: Nest asks one module after the other, and what upkeep has begun may take its time.
   */
  onModuleDestroy(): void {
    const shutdown = { type: 'shutdown', message: 'the worker is shutting down' } as const;
    this.drainTimer = setTimeout(() => this.runs.abortAll(shutdown), this.config.drainTimeoutMs);
    this.gate.stop();
    this.taker.stop();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.worker) await settledWithin(CLOSE_PATIENCE_MS, this.worker.close());
    await this.taker.drain();
    clearTimeout(this.drainTimer);
    this.cancels.stop();
    this.orphans.stop();
    await this.session.end();
  }
}
