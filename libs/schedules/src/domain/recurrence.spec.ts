import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { compileRecurrence } from './recurrence.js';

interface CronExample {
  readonly kind: string;
  readonly expr: string;
  readonly tz: string;
  readonly from: string;
  readonly expected: readonly string[];
}

const examples = JSON.parse(
  readFileSync(new URL('../../../../test/support/cron-examples.json', import.meta.url), 'utf8'),
) as CronExample[];

const unbounded = { startAt: null, endAt: null };

describe('the verified cron examples', () => {
  it.each(examples)('$kind: $expr in $tz from $from', ({ expr, tz, from, expected }) => {
    const spec = { type: 'cron', cronExpression: expr, timezone: tz, dstGap: 'next_valid', dstOverlap: 'first' } as const;
    const recurrence = compileRecurrence(spec, unbounded, 'seed');
    const fired: string[] = [];
    let instant = Date.parse(from);
    for (let index = 0; index < expected.length; index += 1) {
      instant = recurrence.nextAfter(instant)!;
      fired.push(new Date(instant).toISOString().replace('.000Z', 'Z'));
    }
    expect(fired).toEqual(expected);
  });
});
