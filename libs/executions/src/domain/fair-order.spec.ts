import { describe, expect, it } from '@jest/globals';
import { FairOrder } from './fair-order.js';

const NORMAL = 5;

/** A queue as BullMQ keeps it: the lowest place first, equals in the order in which they came. */
class PlacedRuns {
  private runs: { name: string; place: number }[] = [];

  constructor(readonly order: FairOrder) {}

  add(service: string, count: number, priority = NORMAL, name = service): void {
    for (let k = 0; k < count; k++) this.runs.push({ name, place: this.order.take(service, priority) });
    this.runs.sort((a, b) => a.place - b.place);
  }

  /** As a dispatcher does before it adds: reads where the queue stands. */
  look(order = this.order): void {
    order.reached(this.runs[0]?.place ?? null);
  }

  take(count: number): string[] {
    return this.runs.splice(0, count).map(({ name }) => name);
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
    expect(mine).toBeLessThanOrEqual(queue.order.take('small', NORMAL));
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
      let place = 1;
      for (let k = 0; k < 10_000; k++) place = order.take('flood', NORMAL);
      order.reached(place);
    }
    return order;
  };

  it('gives no place beyond what the queue can sort by, and begins anew when the queue has run empty', () => {
    const order = used();
    expect(order.take('flood', 20)).toBeLessThan(2 ** 21);
    expect(order.ahead(1_000)).toContain('flood');

    order.reached(null);
    expect(order.isUsedUp).toBe(false);
    expect(order.ahead(1)).toEqual([]);
  });
});

it('begins anew when the queue turns out to have been empty in between', () => {
  const queue = flooded();
  const elsewhere = new FairOrder();
  elsewhere.reached(elsewhere.take('flood', NORMAL));
  queue.order.reached(elsewhere.take('flood', NORMAL));
  expect(queue.order.ahead(1)).toEqual([]);
});
