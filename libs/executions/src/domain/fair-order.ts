import { LOWEST_PRIORITY } from './priority-lanes.js';

/** The queue takes the lowest place first, equals in the order in which they came; BullMQ knows no place above. */
const HIGHEST_PLACE = 2 ** 21 - 1;
/** Within a band a service's runs go by priority. A larger band makes another service's run wait longer. */
const RUNS_PER_BAND = 16;
/** In each band: first the runs that are added when its turn has come, then those that wait for it, each by priority. */
const PLACES_PER_BAND = 2 * LOWEST_PRIORITY;
const LAST_BAND = Math.floor(HIGHEST_PLACE / PLACES_PER_BAND) - 1;
const LAST_TURN = LAST_BAND * RUNS_PER_BAND;
/** How far an urgent run moves its service's later turns while no other service waits. */
const URGENT_STEP = 1 / 8;
/** How far the head may step back when taken messages return; turns are remembered for that much longer. */
const TURNS_TO_COME_BACK = 1_024;
/** Counts that began within this time of one another are one: each process had seen the queue empty, and then each added. */
const SAME_COUNT_MS = 250;

/** Where a message stands in the queue. */
export interface Position {
  /** From 1, handed to the queue as priority: the lowest goes first. */
  readonly place: number;
  /** The count that the place belongs to: the time in ms at which it began. */
  readonly epoch: number;
}

/**
 * Start-time fair queueing. Each run of a service takes its next turn, and a service that had nothing to run begins at the
 * turn that the queue has reached: its first run passes all that another one handed over before, its second runs after one
 * of theirs, and nobody saves up turns. Within a service a more urgent run takes an earlier turn.
 *
 * Each process has its own count of turns; the head of the queue, which all see, keeps them together. Whoever hands a run over
 * to an empty queue counts anew, in a new epoch, and the others follow when they see it. Within an epoch the head may step
 * back, as messages that were taken come back to their places: the count follows it, and remembers who is ahead.
 */
export class FairOrder {
  private epoch = 0;
  /** The epoch in which the turns below began to be counted. */
  private countedSince = 0;
  /** The queue was empty when last seen: the next run begins this epoch. */
  private nextEpoch: number | null = null;
  private turnNow = 0;
  private isFull = false;
  /** For each service and priority: the turn of its next run; never falling from urgent to less so. */
  private readonly nextTurns = new Map<string, Float64Array>();

  /** @param head where the next run to be taken stands; null when none waits: counting begins anew */
  reached(head: Position | null, nowMs: number): void {
    if (head === null) {
      this.nextEpoch = Math.max(nowMs, this.epoch + 1);
      return this.forgetTurns();
    }
    this.nextEpoch = null;
    if (head.epoch > this.epoch) this.join(head.epoch);
    if (!this.isOfThisCount(head.epoch)) return;
    this.turnNow = bandOf(head.place) * RUNS_PER_BAND;
    for (const [service, turns] of this.nextTurns) {
      if (lastOf(turns) + TURNS_TO_COME_BACK <= this.turnNow) this.nextTurns.delete(service);
    }
  }

  /** Takes the service's next turn. */
  take(service: string, priority: number): Position {
    this.beginNextEpoch();
    const turns = this.turnsOf(service);
    const turn = Math.max(turns[priority - 1]!, this.turnNow);
    const step = this.stepOf(turns, turn);
    for (let later = priority - 1; later < LOWEST_PRIORITY; later++) {
      turns[later] = Math.max(turns[later]!, turn) + step;
    }
    this.isFull ||= turn >= LAST_TURN;
    const band = Math.min(Math.floor(turn / RUNS_PER_BAND), LAST_BAND);
    const isNow = turn < this.turnNow + RUNS_PER_BAND;
    return {
      place: band * PLACES_PER_BAND + (isNow ? 0 : LOWEST_PRIORITY) + priority,
      epoch: this.epoch,
    };
  }

  /** For a run that was taken and goes back: its old place, or, if that is of a count that has ended, among the next. */
  placeAgain(position: Position): Position {
    this.beginNextEpoch();
    if (this.isOfThisCount(position.epoch)) return position;
    const bandNow = Math.floor(this.turnNow / RUNS_PER_BAND);
    return { place: bandNow * PLACES_PER_BAND + priorityOf(position.place), epoch: this.epoch };
  }

  /** The queue was empty at the last look, and nothing was placed since: the next place begins a new count. */
  get isAtRest(): boolean {
    return this.nextEpoch !== null;
  }

  /** No turns are left: the queue has to run empty before anybody may fill it again. */
  get isUsedUp(): boolean {
    return this.isFull;
  }

  /** Services of which this process handed over so many more runs than their turn has come for. */
  ahead(runs: number): string[] {
    return [...this.nextTurns]
      .filter(([, turns]) => lastOf(turns) - this.turnNow >= runs || lastOf(turns) >= LAST_TURN)
      .map(([service]) => service);
  }

  /** Only one service has runs in the queue, as far as this process knows. */
  private get isAlone(): boolean {
    return this.nextTurns.size === 1;
  }

  private stepOf(turns: Float64Array, turn: number): number {
    const passesItsOwn = lastOf(turns) - turn >= RUNS_PER_BAND;
    return passesItsOwn && this.isAlone ? URGENT_STEP : 1;
  }

  private turnsOf(service: string): Float64Array {
    const known = this.nextTurns.get(service);
    if (known) return known;
    const turns = new Float64Array(LOWEST_PRIORITY).fill(this.turnNow);
    this.nextTurns.set(service, turns);
    return turns;
  }

  /** Another process has begun an epoch. */
  private join(epoch: number): void {
    this.epoch = epoch;
    if (this.isOfThisCount(epoch)) return;
    this.countedSince = epoch;
    this.forgetTurns();
  }

  /** Positions of one count can be compared. */
  private isOfThisCount(epoch: number): boolean {
    return Math.abs(epoch - this.countedSince) <= SAME_COUNT_MS;
  }

  private beginNextEpoch(): void {
    if (this.nextEpoch === null) return;
    this.epoch = this.nextEpoch;
    this.countedSince = this.nextEpoch;
    this.nextEpoch = null;
  }

  private forgetTurns(): void {
    this.turnNow = 0;
    this.isFull = false;
    this.nextTurns.clear();
  }
}

function bandOf(place: number): number {
  return Math.floor((place - 1) / PLACES_PER_BAND);
}

function priorityOf(place: number): number {
  return ((place - 1) % LOWEST_PRIORITY) + 1;
}

function lastOf(turns: Float64Array): number {
  return turns[LOWEST_PRIORITY - 1]!;
}
