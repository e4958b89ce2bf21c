import { Injectable } from '@nestjs/common';
import { Clock } from '@app/platform/clock';

/** Several processes each give places of their own: together they overfill the window by no more than this each. */
const MAX_PLACES = 5_000;
/** Places that were counted longer ago may be taken by others: a process that only serves the api counts when it has to. */
const VALID_MS = 2_000;

/**
 * While nothing waits and the queue has room, a due execution need not wait either: whoever inserts it asks for a place,
 * stores it as queued and has it handed over. That saves the update from pending, a third of what a fire costs Postgres.
 */
@Injectable()
export class QueuePlaces {
  private left = 0;
  private validUntilMs = 0;

  constructor(private readonly clock: Clock) {}

  /** How many may be given until the next count: each dispatch round makes one. */
  counted(room: number): void {
    this.left = Math.min(room, MAX_PLACES);
    this.validUntilMs = this.clock.monotonicMs() + VALID_MS;
  }

  /** For a due execution that nothing limits; it is then stored as queued, and handed over once it is committed. */
  take(): boolean {
    if (this.left <= 0 || this.clock.monotonicMs() > this.validUntilMs) return false;
    this.left -= 1;
    return true;
  }

  /** Until the next count. */
  close(): void {
    this.left = 0;
  }
}
