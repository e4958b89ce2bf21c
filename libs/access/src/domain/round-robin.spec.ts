import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RoundRobin } from './round-robin.js';

function served<Item>(line: RoundRobin<Item>): Item[] {
  const items: Item[] = [];
  for (let item = line.next(); item !== undefined; item = line.next()) items.push(item);
  return items;
}

describe('taking turns', () => {
  it('serves one who has just come before the hundred that another has waiting', () => {
    const line = new RoundRobin<string>();
    for (let n = 0; n < 100; n++) line.add('busy', `busy ${n}`);
    line.next();
    line.add('quiet', 'quiet 0');
    expect([line.next(), line.next(), line.next()]).toEqual(['busy 1', 'quiet 0', 'busy 2']);
  });

  it('serves everything once, and what is of one in the order in which it came', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c')), (whose) => {
        const line = new RoundRobin<readonly [string, number]>();
        whose.forEach((who, at) => line.add(who, [who, at]));
        expect(line.size).toBe(whose.length);
        const order = served(line);
        expect(order).toHaveLength(whose.length);
        expect(line.size).toBe(0);
        for (const who of new Set(whose)) {
          const own = order.filter(([name]) => name === who).map(([, at]) => at);
          expect(own).toEqual(own.toSorted((x, y) => x - y));
        }
      }),
    );
  });

  it('keeps nobody waiting for more than one turn of each other', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd')), (whose) => {
        const line = new RoundRobin<string>();
        whose.forEach((who) => line.add(who, who));
        line.add('last', 'last');
        expect(served(line).indexOf('last')).toBeLessThanOrEqual(new Set(whose).size);
      }),
    );
  });
});
