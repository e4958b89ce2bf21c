import { describe, expect, it } from '@jest/globals';
import { FairOrder, type Position } from './fair-order.js';

const NORMAL = 5;

/** A queue as BullMQ keeps it: the lowest place first, equals in the order in which they came. */
class PlacedRuns {
  private runs: (Position & { name: string })[] = [];
  private nowMs = 0;

  constructor(readonly order: FairOrder) {}

  add(service: string, count: number, priority = NORMAL, name = service): void {
    this.putIn(Array.from({ length: count }, () => ({ name, ...this.order.take(service, priority) })));
  }

  /** As a dispatcher does before it adds: reads where the queue stands. */
  look(order = this.order): void {
    order.reached(this.runs[0] ?? null, (this.nowMs += 1_000));
  }

  take(count: number): string[] {
    return this.runs.splice(0, count).map(({ name }) => name);
  }

  /** Takes the first ones out. @returns what puts them back, as a worker does that has no slot for them */
  hold(count: number): () => void {
    const held = this.runs.splice(0, count);
    return () => this.putIn(held.map((run) => ({ ...run, ...this.order.placeAgain(run) })));
  }

  private putIn(runs: readonly (Position & { name: string })[]): void {
    this.runs.push(...runs);
    this.runs.sort((a, b) => a.place - b.place);
  }

  get size(): number {
    return this.runs.length;
  }
}

function flooded(runs = 20_000): PlacedRuns {
  const queue = new PlacedRuns(new FairOrder());
  queue.look();
  queue.add('flood', runs);
  queue.take(runs / 10);
  queue.look();
  return queue;
}

const countOf = (names: readonly string[], name: string) => names.filter((other) => other === name).length;

describe('between services', () => {
  it('lets the first run of a service pass everything that another one has in the queue', () => {
    const queue = flooded();
    queue.add('small', 1);
    expect(queue.take(1)).toEqual(['small']);
  });

  it('serves two that both have more than they may run by halves', () => {
    const queue = flooded();
    queue.add('other', 10_000);
    const taken = queue.take(2_000);
    expect(countOf(taken, 'other')).toBeGreaterThanOrEqual(980);
    expect(countOf(taken, 'other')).toBeLessThanOrEqual(1_020);
  });

  it('saves no turns for a service that had nothing to run', () => {
    const queue = flooded();
    queue.add('idle', 1);
    queue.take(1_000);
    queue.look();
    queue.add('idle', 500);
    expect(countOf(queue.take(200), 'flood')).toBeGreaterThanOrEqual(90);
  });

  it('lets a service pass another by its priorities for no more than a few runs', () => {
    const queue = flooded();
    queue.add('small', 1, 10);
    queue.add('flood', 500, 1, 'urgent flood');
    expect(queue.take(17)).toContain('small');
  });

  it('keeps the first run first when another process has handed over the flood', () => {
    const queue = flooded();
    const elsewhere = new FairOrder();
    queue.look(elsewhere);
    const mine = elsewhere.take('small', NORMAL);
    expect(mine.place).toBeLessThanOrEqual(queue.order.take('small', NORMAL).place);
    expect(mine.epoch).toBe(queue.order.take('small', NORMAL).epoch);
  });
});

describe('within a service', () => {
  it('keeps the order of priority, first come, first served among equals', () => {
    const queue = new PlacedRuns(new FairOrder());
    queue.add('one', 1, 9, 'later');
    queue.add('one', 1, 2, 'urgent');
    queue.add('one', 1, 2, 'urgent too');
    queue.add('one', 1, 15, 'catch-up');
    expect(queue.take(4)).toEqual(['urgent', 'urgent too', 'later', 'catch-up']);
  });

  it('lets an urgent run pass thousands that were handed over before', () => {
    const queue = flooded();
    queue.add('flood', 1, 1, 'urgent');
    expect(queue.take(1)).toEqual(['urgent']);
  });

  it('lets at most one in nine of the low lane pass while a thousand normal runs arrive', () => {
    const queue = new PlacedRuns(new FairOrder());
    queue.add('one', 20_000, 15, 'catch-up');
    queue.take(1_000);
    queue.look();
    queue.add('one', 1_000, NORMAL, 'normal');
    expect(countOf(queue.take(1_130), 'normal')).toBe(1_000);
  });
});

describe('when turns run out', () => {
  const used = (): FairOrder => {
    const order = new FairOrder();
    while (!order.isUsedUp) {
      let head = order.take('flood', NORMAL);
      for (let k = 1; k < 10_000; k++) head = order.take('flood', NORMAL);
      order.reached(head, 1);
    }
    return order;
  };

  it('gives no place beyond what the queue can sort by, and begins anew when the queue has run empty', () => {
    const order = used();
    expect(order.take('flood', 20).place).toBeLessThan(2 ** 21);
    expect(order.ahead(1_000)).toContain('flood');

    order.reached(null, 2);
    expect(order.isUsedUp).toBe(false);
    expect(order.ahead(1)).toEqual([]);
  });
});

describe('when runs that were taken come back', () => {
  /** As many as five workers may hold at once. */
  const HELD = 160 * 16;

  /** A flood of which the first runs were taken, and somebody has looked since. */
  const takenOut = (): { queue: PlacedRuns; giveBack: () => void } => {
    const queue = flooded();
    const giveBack = queue.hold(HELD);
    queue.look();
    return { queue, giveBack };
  };

  const putBack = (): PlacedRuns => {
    const { queue, giveBack } = takenOut();
    giveBack();
    queue.look();
    return queue;
  };

  it('lets no newer run of their service pass the older ones', () => {
    const queue = putBack();
    const waiting = queue.size;
    queue.add('flood', 1, NORMAL, 'newer');
    expect(queue.take(waiting)).not.toContain('newer');
  });

  it('still knows who is ahead of the others', () => {
    expect(putBack().order.ahead(1_000)).toEqual(['flood']);
  });

  it('lets the first run of another service pass them', () => {
    const queue = putBack();
    queue.add('small', 1);
    expect(queue.take(1)).toEqual(['small']);
  });

  it('keeps another service behind them no longer than until the next look', () => {
    const { queue, giveBack } = takenOut();
    queue.add('small', 1);
    giveBack();
    queue.look();
    queue.add('other', 100);
    expect(countOf(queue.take(200), 'other')).toBeGreaterThanOrEqual(90);
  });

  it('puts them before what was added since counting began anew', () => {
    const queue = flooded();
    const giveBack = queue.hold(16);
    queue.take(queue.size);
    queue.look();
    queue.add('other', 1_000);
    giveBack();
    expect(countOf(queue.take(32), 'flood')).toBe(16);
  });

  it('puts them before what comes later also when they were the last of the queue', () => {
    const queue = flooded();
    queue.take(queue.size - 16);
    const giveBack = queue.hold(16);
    queue.look();
    giveBack();
    queue.add('other', 1_000);
    expect(countOf(queue.take(32), 'flood')).toBe(16);
  });
});

describe('when another process has found the queue empty in between', () => {
  const elsewhere = (): { order: FairOrder; head: Position } => {
    const order = new FairOrder();
    order.reached(null, 101_000);
    return { order, head: order.take('flood', NORMAL) };
  };

  it('counts anew as well', () => {
    const { order } = flooded();
    const { head } = elsewhere();
    order.reached(head, 101_001);
    expect(order.ahead(1)).toEqual([]);
    expect(order.take('flood', NORMAL)).toEqual(head);
  });

  it('does not count by what comes back of the time before', () => {
    const { order, head } = elsewhere();
    order.reached({ place: 200_000, epoch: 1 }, 101_001);
    expect(order.take('small', NORMAL)).toEqual(head);
  });

  it('begins a later epoch, whatever its clock says', () => {
    const { order, head } = elsewhere();
    order.reached(null, 1);
    expect(order.take('flood', NORMAL).epoch).toBeGreaterThan(head.epoch);
  });

  it('begins none when it has handed nothing over since', () => {
    const { order, head } = elsewhere();
    const idle = new FairOrder();
    idle.reached(null, 101_050);
    idle.reached(head, 101_051);
    expect(idle.take('small', NORMAL).epoch).toBe(head.epoch);
    expect(order.take('flood', NORMAL).epoch).toBe(head.epoch);
  });

  it('goes on counting where both had looked before either had added', () => {
    const [one, other] = [new FairOrder(), new FairOrder()];
    one.reached(null, 101_000);
    other.reached(null, 101_050);
    const flood = Array.from({ length: 5_000 }, () => one.take('flood', NORMAL));
    one.reached(other.take('small', NORMAL), 101_100);
    expect(one.ahead(1_000)).toEqual(['flood']);

    const head = flood[3_000]!;
    other.reached(head, 101_500);
    expect(other.take('new', NORMAL).place).toBeGreaterThan(flood[2_900]!.place);
    expect(one.placeAgain(head)).toEqual(head);
    expect(other.placeAgain(head)).toEqual(head);
  });

  it('is at rest only until it has placed a run', () => {
    const order = new FairOrder();
    order.reached(null, 101_000);
    expect(order.isAtRest).toBe(true);
    order.take('one', NORMAL);
    expect(order.isAtRest).toBe(false);
  });
});
