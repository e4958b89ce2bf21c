import type { Recurrence } from '@app/schedules';

/** A row of history, as far as it accounts for instants. */
export interface HistoryRow {
  readonly scheduledFor: Date;
  readonly detail: { readonly from?: string; readonly to?: string; readonly count?: number } | null;
}

/** Enough to see what went wrong. */
const SHOWN = 3;

/** (from, until] of one definition, epoch ms. */
interface Span {
  readonly recurrence: Recurrence;
  readonly from: number;
  until: number;
}

/** What a schedule's history owes, written down beside it: which definition was in force when, and when on the clock. */
export class InstantLedger {
  private readonly lives: Span[] = [];
  private readonly watches: Span[] = [];

  /** From `now` on this definition is in force, or none. */
  define(recurrence: Recurrence | null, now: number, isOnClock: boolean): void {
    this.end(this.lives, now);
    this.end(this.watches, now);
    if (recurrence === null) return;
    this.lives.push({ recurrence, from: now, until: Infinity });
    if (isOnClock) this.watches.push({ recurrence, from: now, until: Infinity });
  }

  /** On the clock, or paused: that comes to the same, as a resume accounts for the pause. */
  watch(isOnClock: boolean, now: number): void {
    const life = this.lives.at(-1);
    const isWatched = this.watches.at(-1)?.until === Infinity;
    if (isWatched && !isOnClock) this.end(this.watches, now);
    if (!isWatched && isOnClock && life?.until === Infinity) this.watches.push({ ...life, from: now });
  }

  close(now: number): void {
    this.define(null, now, false);
  }

  /** How often each instant occurs in the history: the ones owed, and the ones that are there. */
  audit(history: readonly HistoryRow[]) {
    const known = this.lives.flatMap(instantsOf);
    const isKnown = new Set(known);
    const instantsOfRows = history.map((row) => instantsOfRow(row, known));
    const accounted = instantsOfRows.flat();
    const owed = this.watches.flatMap(instantsOf);
    const times = new Map<number, number>();
    for (const instant of accounted) times.set(instant, (times.get(instant) ?? 0) + 1);
    return {
      lost: owed
        .filter((instant) => !times.has(instant))
        .slice(0, SHOWN)
        .map(textOf),
      repeated: [...times]
        .filter(([, count]) => count > 1)
        .slice(0, SHOWN)
        .map(([instant]) => textOf(instant)),
      unknown: accounted
        .filter((instant) => !isKnown.has(instant))
        .slice(0, SHOWN)
        .map(textOf),
      miscounted: history.filter(
        ({ detail }, index) => (detail?.count ?? 1) !== instantsOfRows[index]!.length,
      ),
    };
  }

  private end(spans: readonly Span[], now: number): void {
    const last = spans.at(-1);
    if (last) last.until = Math.min(last.until, now);
  }
}

function instantsOfRow({ scheduledFor, detail }: HistoryRow, known: readonly number[]): number[] {
  if (!detail?.from || !detail.to) return [scheduledFor.getTime()];
  const [from, to] = [Date.parse(detail.from), Date.parse(detail.to)];
  return known.filter((instant) => instant >= from && instant <= to);
}

function instantsOf({ recurrence, from, until }: Span): number[] {
  const instants: number[] = [];
  for (let next = recurrence.nextAfter(from); next !== null && next <= until;) {
    instants.push(next);
    next = recurrence.nextAfter(next);
  }
  return instants;
}

function textOf(instant: number): string {
  return new Date(instant).toISOString();
}
