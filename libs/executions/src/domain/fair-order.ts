import { LOWEST_PRIORITY } from './priority-lanes.js';

/** The queue takes the lowest place first, equals in the order in which they came; BullMQ knows no place above. */
const HIGHEST_PLACE = 2 ** 21 - 1;
/** A service's runs of one band go by priority: the more they are, the more another service's run may have to wait for. */
const RUNS_PER_BAND = 16;
/** In each band: first the runs that are added when its turn has come, then those that wait for it, each by priority. */
const PLACES_PER_BAND = 2 * LOWEST_PRIORITY;
const LAST_BAND = Math.floor(HIGHEST_PLACE / PLACES_PER_BAND) - 1;
const LAST_TURN = LAST_BAND * RUNS_PER_BAND;
/** Two processes see the queue's head a moment apart; a larger step back means that the queue was empty in between. */
const BANDS_SEEN_LATE = 4;
/** As fast an urgent run may pass what the same service handed over before, while there is nobody else to wait for it. */
const URGENT_STEP = 1 / 8;

/**
 * Start-time fair queueing. Each run of a service takes its next turn, and a service that had nothing to run begins at the
 * turn that the queue has reached: its first run passes the 20,000 that another one handed over before, its second runs
 * after one of theirs, and nobody saves up turns. Within a service a more urgent run takes an earlier turn.
 *
 * Each process has its own count of turns; the head of the queue, which all see, keeps them together.
 */
export class FairOrder {
  private turnNow = 0;
  private isFull = false;
  /** For each service and priority: the turn of its next run; never falling from urgent to less so. */
  private readonly nextTurns = new Map<string, Float64Array>();

  /** @param headPlace where the next run to be taken stands; null when none waits: counting begins anew */
  reached(headPlace: number | null): void {
    const band = headPlace === null ? 0 : bandOf(headPlace);
    const bandBefore = Math.floor(this.turnNow / RUNS_PER_BAND);
    if (headPlace === null || band < bandBefore - BANDS_SEEN_LATE) this.forgetAll();
    this.turnNow = band * RUNS_PER_BAND;
    for (const [service, turns] of this.nextTurns) {
      if (lastOf(turns) <= this.turnNow) this.nextTurns.delete(service);
    }
  }

  /** Takes the service's next turn. @returns the place, from 1, to be handed to the queue as priority */
  take(service: string, priority: number): number {
    const turns = this.turnsOf(service);
    const turn = Math.max(turns[priority - 1]!, this.turnNow);
    const step = this.stepOf(turns, turn);
    for (let later = priority - 1; later < LOWEST_PRIORITY; later++) {
      turns[later] = Math.max(turns[later]!, turn) + step;
    }
    this.isFull ||= turn >= LAST_TURN;
    const band = Math.min(Math.floor(turn / RUNS_PER_BAND), LAST_BAND);
    const isNow = turn < this.turnNow + RUNS_PER_BAND;
    return band * PLACES_PER_BAND + (isNow ? 0 : LOWEST_PRIORITY) + priority;
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

  private forgetAll(): void {
    this.nextTurns.clear();
    this.isFull = false;
  }
}

function bandOf(place: number): number {
  return Math.floor((place - 1) / PLACES_PER_BAND);
}

function lastOf(turns: Float64Array): number {
  return turns[LOWEST_PRIORITY - 1]!;
}
