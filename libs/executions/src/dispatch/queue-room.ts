import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '@app/platform/clock';
import { ExecutionsQueue } from '../executions.queue.js';

/**
 * Messages, of up to 16 runs each: enough to keep any number of workers busy until the next round. A backlog waits in
 * Postgres, where it is in order.
 */
const WINDOW = 5_000;
/** Beyond the window, for services that have little in the queue while others fill it. */
const RESERVE = 5_000;
/** Runs that a service may have in the queue before the reserve is closed to it. */
const SHARE = 1_000;

/** How many runs may be handed over before the next look, as if each took a message of its own. */
export interface Room {
  /** For whoever comes first. */
  readonly free: number;
  /** For services that are not `ahead`. */
  readonly reserve: number;
  /** Services that have their share of the queue already. */
  readonly ahead: readonly string[];
}

/** The one place that knows how much room the queue has, and for whom. */
@Injectable()
export class QueueRoom {
  private readonly logger = new Logger(QueueRoom.name);
  private isAway = false;
  private lookedAtMs = 0;

  constructor(
    private readonly queue: ExecutionsQueue,
    private readonly clock: Clock,
  ) {}

  /** @returns null while the queue is away: what is due then stays where it is, in Postgres */
  async look(): Promise<Room | null> {
    this.lookedAtMs = this.clock.monotonicMs();
    try {
      const size = await this.queue.look();
      this.isAway = false;
      const free = this.queue.order.isUsedUp ? 0 : Math.max(0, WINDOW - size);
      return { free, reserve: Math.max(0, WINDOW + RESERVE - size), ahead: this.queue.order.ahead(SHARE) };
    } catch (error) {
      // Looked at several times a second: said when it begins, and that it lasts is for the connections to say.
      if (!this.isAway) this.logger.warn(`the queue is away: ${(error as Error).message}`);
      this.isAway = true;
      return null;
    }
  }

  /** Again, if the last look is longer ago than this: what it tells of the queue's head is what places are counted from. */
  async lookAfter(ageMs: number): Promise<void> {
    if (this.clock.monotonicMs() > this.lookedAtMs + ageMs) await this.look();
  }
}
