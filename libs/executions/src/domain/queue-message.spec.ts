import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import {
  anotherIdFor,
  messageIdOf,
  messageOf,
  pack,
  placedMessage,
  type PlacedRun,
  type QueuedRun,
  type QueueMessage,
  runKeyOf,
  runKeysOf,
} from './queue-message.js';

const aRun = (changes: Partial<QueuedRun> = {}): QueuedRun => ({
  executionId: uuidv7(),
  delivery: 1,
  ...changes,
});

const EPOCH = 1_795_000_000_000;

const runsAt = (place: number, count: number): PlacedRun[] =>
  Array.from({ length: count }, () => ({ place, epoch: EPOCH, run: aRun() }));

const placedRuns = fc.array(
  fc.record({
    place: fc.integer({ min: 1, max: 5 }),
    epoch: fc.constantFrom(EPOCH, EPOCH + 1),
    run: fc.record(
      {
        executionId: fc.uuid({ version: 7 }),
        delivery: fc.integer({ min: 1, max: 40 }),
        isolated: fc.constant(true as const),
      },
      { requiredKeys: ['executionId', 'delivery'] },
    ),
  }),
  { maxLength: 1_200 },
);

it.each([{}, { runs: [] }, { runs: [{}] }, { runs: 'x' }])('a message of %j is refused', (message) => {
  expect(() => placedMessage(1, message as unknown as QueueMessage)).toThrow('names no execution');
});

describe('the messages of a hand-over', () => {
  it('carry each run once, in its order and at its place', () => {
    fc.assert(
      fc.property(placedRuns, (placed) => {
        const unpacked = pack(placed).flatMap(({ runs, ...position }) =>
          runs.map((run) => ({ ...position, run })),
        );
        for (const at of [1, 2, 3, 4, 5]) {
          for (const since of [EPOCH, EPOCH + 1]) {
            const there = ({ place, epoch, run }: PlacedRun) =>
              place === at && epoch === since && !run.isolated;
            expect(unpacked.filter(there)).toEqual(placed.filter(there));
          }
        }
        expect(new Set(unpacked.map(({ run }) => run))).toEqual(new Set(placed.map(({ run }) => run)));
        expect(unpacked).toHaveLength(placed.length);
      }),
    );
  });

  it('carry an isolated run alone', () => {
    fc.assert(
      fc.property(placedRuns, (placed) => {
        for (const { runs } of pack(placed))
          expect(runs.length === 1 || !runs.some((run) => run.isolated)).toBe(true);
      }),
    );
  });

  it.each([
    { handedOver: 1, messages: 1 },
    { handedOver: 4, messages: 4 },
    { handedOver: 5, messages: 3 },
    { handedOver: 40, messages: 4 },
    { handedOver: 64, messages: 4 },
    { handedOver: 65, messages: 5 },
    { handedOver: 1_000, messages: 63 },
  ])('are $messages for $handedOver runs of one place', ({ handedOver, messages }) => {
    expect(pack(runsAt(7, handedOver))).toHaveLength(messages);
  });
});

describe('a message', () => {
  const sent = (message: QueueMessage) => JSON.parse(JSON.stringify(message)) as QueueMessage;

  it('is the run itself when it carries one', () => {
    const run = aRun();
    expect(messageOf({ runs: [run], epoch: EPOCH })).toEqual({ ...run, epoch: EPOCH });
    expect(messageIdOf([run])).toBe(`${run.executionId}-1`);
  });

  it.each([1, 2, 16])('gives back the %d runs that it carries, and where they stood', (count) => {
    const runs = Array.from({ length: count }, (_, index) => aRun({ delivery: index + 1 }));
    const received = sent(messageOf({ runs, epoch: EPOCH }));
    expect(placedMessage(7, received)).toEqual({ runs, place: 7, epoch: EPOCH });
  });

  it('may say nothing of where it stood, as those that were sent before there were epochs', () => {
    const run = aRun();
    expect(placedMessage(7, run)).toEqual({ runs: [run], place: 7, epoch: 0 });
  });

  it('names each of its runs in its id, and no other delivery of them', () => {
    const run = fc.record({
      executionId: fc.uuid({ version: 7 }),
      delivery: fc.integer({ min: 1, max: 9_999 }),
    });
    fc.assert(
      fc.property(fc.array(run, { minLength: 1, maxLength: 16 }), (runs) => {
        const keys = runKeysOf(messageIdOf(runs));
        expect(keys).toEqual(runs.map(({ executionId: id, delivery }) => runKeyOf({ id, delivery })));
        const [{ executionId: id, delivery }] = runs as [QueuedRun];
        expect(runKeyOf({ id, delivery: delivery + 1 })).not.toBe(keys[0]);
      }),
    );
  });

  it('names the same runs by another id, which BullMQ does not ignore while the first is there', () => {
    for (const count of [1, 2, 16]) {
      const id = messageIdOf(Array.from({ length: count }, () => aRun()));
      expect(anotherIdFor(id, 'c0ffee00')).not.toBe(id);
      expect(runKeysOf(anotherIdFor(id, 'c0ffee00'))).toEqual(runKeysOf(id));
    }
  });

  it('has an id that BullMQ takes: short, with no colon, and no number', () => {
    const id = messageIdOf(Array.from({ length: 16 }, () => aRun({ delivery: 999 })));
    expect(id).toMatch(/^[0-9a-f_-]{1,300}$/);
    expect(Number.isNaN(Number(id))).toBe(true);
  });
});
