import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { validate, version } from 'uuid';
import { newExecutionId, scheduledForOf } from './execution-id.js';

const random = fc.uint8Array({ minLength: 16, maxLength: 16 });
/** What 48 bits hold, and `Date` can tell: beyond any instant that RFC 3339 can write. */
const instant = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });

describe('an execution id', () => {
  it('is a UUIDv7', () => {
    fc.assert(
      fc.property(instant, random, (scheduledFor, bytes) => {
        const id = newExecutionId(scheduledFor, bytes);
        expect(validate(id) && version(id)).toBe(7);
      }),
    );
  });

  it('carries its instant to the millisecond, whatever the chance', () => {
    fc.assert(
      fc.property(instant, random, (scheduledFor, bytes) => {
        expect(scheduledForOf(newExecutionId(scheduledFor, bytes))).toEqual(scheduledFor);
      }),
    );
  });

  it('sorts by its instant, as text as well as in Postgres', () => {
    fc.assert(
      fc.property(instant, instant, random, random, (a, b, bytesOfA, bytesOfB) => {
        fc.pre(a.getTime() < b.getTime());
        expect(newExecutionId(a, bytesOfA) < newExecutionId(b, bytesOfB)).toBe(true);
      }),
    );
  });

  it('differs by chance within a millisecond', () => {
    fc.assert(
      fc.property(
        instant,
        fc.uniqueArray(random, { minLength: 2, maxLength: 2, selector: chanceUsed }),
        (at, [a, b]) => {
          expect(newExecutionId(at, a!)).not.toBe(newExecutionId(at, b!));
        },
      ),
    );
  });

  it.each([
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d',
  ])('%s, which is not ours, has an instant too', (id) => {
    expect(scheduledForOf(id).getTime()).toBe(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16));
  });
});

/** Of 16 random bytes uuid takes the sequence from bytes 6 to 9 and the tail from 10 to 15; some bits give way to the version. */
function chanceUsed(bytes: Uint8Array): string {
  return [
    (bytes[6] ?? 0) & 0x7f,
    ...bytes.subarray(7, 10),
    (bytes[10] ?? 0) & 0x03,
    ...bytes.subarray(11),
  ].join();
}
