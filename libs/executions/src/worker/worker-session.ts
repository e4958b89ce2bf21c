import { hostname } from 'node:os';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Pool, type QueryConfig } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { Clock } from '@app/platform/clock';
import { AppConfig } from '@app/platform/config';
import { TargetRunners } from '@app/targets';
import { runMetrics } from './run-metrics.js';
import { END_SESSION, RENEW_SESSION, START_SESSION } from './worker-session.sql.js';

const LEASE_MS = 15_000;
const RENEW_EVERY_MS = 5_000;
/**
 * Not at the next turn: an outage of 5.6 s that met two renewals cost a lease, and one of 6 s must cost none. And after a
 * process had stood still, what it took waited 5 s for a new session.
 */
const RETRY_AFTER_MS = 500;
/**
 * A renewal without an answer is given up after 2 s, a new connection after 3 s, so one begins at 5, 7.5 and 11 s after the
 * last that succeeded. With 4 s instead of 2 they began at 5 and 9.5 s, and an outage of 4.9 s cost a lease.
 */
const FIRST_ANSWER_MS = 2_000;
/** A repeated one has the time that is left: a database that takes 3 s for each answer costs no lease. */
const REPEATED_ANSWER_MS = 4_000;
const CONNECT_MS = 3_000;
/** Earlier than the lease ends, on a clock that no one can set: by the time others may take our runs, they have stopped. */
const FENCE_AFTER_MS = 12_000;
const WATCH_EVERY_MS = 1_000;

/**
 * This process's lease: while it holds, the executions it runs are its own. A lease that could not be renewed in time is
 * lost for good; its runs are aborted, and a new session begins.
 *
 * Renewal has a connection of its own, so that a pool drained by work cannot cost the lease.
 */
@Injectable()
export class WorkerSession implements OnApplicationBootstrap {
  private readonly logger = new Logger(WorkerSession.name);
  private readonly pool: Pool;
  private sessionId: string | null = null;
  private renewedAtMs = 0;
  private lastTickAt: Date | null = null;
  private ended = false;
  private renewal: Promise<void> | null = null;
  private timers: NodeJS.Timeout[] = [];
  private retry: NodeJS.Timeout | null = null;
  private lostListener: () => void = () => undefined;
  private waiters: ((sessionId: string) => void)[] = [];

  constructor(
    private readonly config: AppConfig,
    private readonly clock: Clock,
    private readonly runners: TargetRunners,
  ) {
    this.pool = new Pool({
      connectionString: config.databaseUrl,
      application_name: 'scheduler-lease',
      max: 1,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: REPEATED_ANSWER_MS,
      keepAlive: true,
    });
    this.pool.on('error', (error) => this.logger.warn(`lease connection: ${error.message}`));
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.renewOrBegin();
    this.timers = [
      setInterval(() => this.renewOnce(), RENEW_EVERY_MS),
      setInterval(() => this.fenceWhenOverdue(), WATCH_EVERY_MS),
    ];
  }

  /** @param listener called once for each session that is lost: everything it ran must stop */
  onLost(listener: () => void): void {
    this.lostListener = listener;
  }

  /** A round of this worker's scheduler is done: the next renewal tells others. */
  ticked(): void {
    this.lastTickAt = this.clock.now();
  }

  get currentId(): string | null {
    return this.sessionId;
  }

  /** The id of a live session; waits for one while the database is away. */
  live(): Promise<string> {
    this.fenceWhenOverdue();
    if (this.sessionId) return Promise.resolve(this.sessionId);
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  /** Whether what was claimed under that lease is still this process's own; asked last before anything is done with it. */
  holds(sessionId: string): boolean {
    this.fenceWhenOverdue();
    return this.sessionId === sessionId;
  }

  /** Gives the lease back; to be called when nothing runs any more. */
  async end(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    for (const timer of this.timers) clearInterval(timer);
    if (this.retry) clearTimeout(this.retry);
    await this.renewal;
    const sessionId = this.sessionId;
    this.sessionId = null;
    if (sessionId)
      await this.pool.query(END_SESSION, [sessionId]).catch((error: Error) => this.warn('end', error));
    await this.pool.end();
  }

  /** One at a time: two beginnings at once would be two sessions, and the first one's runs nobody's. */
  private renewOnce(): void {
    this.renewal ??= this.renewOrBegin().finally(() => (this.renewal = null));
  }

  private retrySoon(): void {
    this.retry ??= setTimeout(() => {
      this.retry = null;
      this.renewOnce();
    }, RETRY_AFTER_MS);
  }

  private async renewOrBegin(): Promise<void> {
    if (this.ended) return;
    // Taken before asking: the lease may end this much earlier than the answer suggests, never later.
    const askedAtMs = this.clock.monotonicMs();
    try {
      await (this.sessionId ? this.renew(this.sessionId, askedAtMs) : this.begin(askedAtMs));
    } catch (error) {
      this.warn('renew', error as Error);
      if (!this.ended) this.retrySoon();
    }
  }

  private async renew(sessionId: string, askedAtMs: number): Promise<void> {
    const isRepeated = askedAtMs - this.renewedAtMs > RENEW_EVERY_MS + RETRY_AFTER_MS;
    const renewal: QueryConfig & { readonly query_timeout: number } = {
      text: RENEW_SESSION,
      values: [sessionId, LEASE_MS, this.lastTickAt, this.commandIsolation()],
      query_timeout: isRepeated ? REPEATED_ANSWER_MS : FIRST_ANSWER_MS,
    };
    const { rowCount } = await this.pool.query(renewal);
    // Lost while we asked; what should have begun the next one found this renewal under way.
    if (this.sessionId !== sessionId) return this.retrySoon();
    if (rowCount) this.renewedAtMs = askedAtMs;
    else this.lose('the database says that it has expired');
  }

  private async begin(askedAtMs: number): Promise<void> {
    const sessionId = uuidv7();
    const { version } = this.config.service;
    const { workerConcurrency } = this.config;
    await this.pool.query(START_SESSION, [
      sessionId,
      hostname(),
      process.pid,
      version,
      workerConcurrency,
      LEASE_MS,
      this.commandIsolation(),
    ]);
    this.sessionId = sessionId;
    this.renewedAtMs = askedAtMs;
    this.logger.log(`session ${sessionId} begins`);
    for (const resolve of this.waiters.splice(0)) resolve(sessionId);
  }

  /** A command runner comes and goes, and has its own say on what may run. */
  private commandIsolation(): string {
    const { commandTargets, commandRunnerSocket } = this.config;
    const runsNone = commandTargets === 'disabled' && commandRunnerSocket === null;
    return runsNone ? 'disabled' : this.runners.commandIsolation;
  }

  private fenceWhenOverdue(): void {
    if (!this.sessionId) return;
    const silentMs = this.clock.monotonicMs() - this.renewedAtMs;
    if (silentMs > FENCE_AFTER_MS) this.lose(`not renewed for ${Math.round(silentMs)} ms`);
  }

  private lose(why: string): void {
    this.logger.error(`session ${this.sessionId} is lost: ${why}`);
    this.sessionId = null;
    runMetrics.leaseLost();
    this.lostListener();
    this.retrySoon();
  }

  private warn(what: string, error: Error): void {
    this.logger.warn(`could not ${what} the session: ${error.message}`);
  }
}
