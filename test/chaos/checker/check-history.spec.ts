import { describe, expect, it } from '@jest/globals';
import { checkHistory, type Verdict } from './check-history.js';
import type { Fault, History, Row } from './history.js';
import {
  arrivalOf,
  ASKED,
  CRON_10_S,
  EVERY_5_S,
  ONCE_10_S,
  rowOf,
  START,
  validHistory,
  WORKER_KILL,
} from './valid-history.js';
import { type VerdictClass, violations } from './verdict.js';

const LATE_MS = 2_000;
const check = (history: History): Verdict => checkHistory(history, { lateMs: LATE_MS });
const classesOf = (history: History): string[] => violations(check(history).findings).map((one) => one.class);

const at = (second: number, { scheduleId } = EVERY_5_S) => ({
  scheduleId,
  scheduledFor: START + second * 1_000,
});
const SLOT = at(20);
const ID = rowOf(SLOT).executionId;

type Edit = (history: History) => History;

const withRow =
  (changes: Partial<Row>, slot = SLOT): Edit =>
  (history) => ({
    ...history,
    rows: history.rows.map((row) =>
      row.executionId === rowOf(slot).executionId ? rowOf(slot, changes) : row,
    ),
  });
const withoutRow: Edit = (history) => ({
  ...history,
  rows: history.rows.filter(({ executionId }) => executionId !== ID),
});
const withArrivals =
  (...arrivals: History['arrivals']): Edit =>
  (history) => ({
    ...history,
    arrivals: [
      ...history.arrivals.filter(
        ({ executionId }) => executionId !== ID && !arrivals.some((one) => one.executionId === executionId),
      ),
      ...arrivals,
    ],
  });
const all =
  (...edits: Edit[]): Edit =>
  (history) =>
    edits.reduce((edited, edit) => edit(edited), history);

const secondTry = (secondsLater: number, changes = {}) =>
  arrivalOf(SLOT, { attempt: 2, at: SLOT.scheduledFor + secondsLater * 1_000, ...changes });
const SETTLED_TWICE = withRow({
  attempt: 2,
  attempts: [
    { attempt: 1, outcome: 'lost' },
    { attempt: 2, outcome: 'succeeded' },
  ],
  finishedAt: SLOT.scheduledFor + 20_000,
});

const HOUR_MS = 3_600_000;
const ASKED_SLOT = { scheduleId: ASKED.scheduleId, scheduledFor: START + 13_471 };
const ASKED_ID = rowOf(ASKED_SLOT).executionId;

/** By an api whose clock was wrong: it ran at once all the same. */
function toldOffBy(ms: number): Edit {
  const scheduledFor = ASKED_SLOT.scheduledFor + ms;
  return (history) => ({
    ...history,
    schedules: history.schedules.map((model) =>
      model.scheduleId === ASKED.scheduleId
        ? { ...model, recurrence: { type: 'asked', instants: [scheduledFor, START + 41_702] } }
        : model,
    ),
    rows: history.rows.map((row) => (row.executionId === ASKED_ID ? { ...row, scheduledFor } : row)),
    arrivals: history.arrivals.map((one) => (one.executionId === ASKED_ID ? { ...one, scheduledFor } : one)),
  });
}

const MUTATIONS: readonly (readonly [string, VerdictClass, Edit])[] = [
  ['a final row without any call', 'LOST', all(withRow({ state: 'failed' }), withArrivals())],
  ['a record without a cause', 'LOST', all(withRow({ state: 'missed', reason: 'misfire' }), withArrivals())],
  [
    'a skip with nothing to wait for',
    'LOST',
    all(withRow({ state: 'skipped', reason: 'overlap' }, at(20, CRON_10_S)), (history) => ({
      ...history,
      arrivals: history.arrivals.filter((one) => one.executionId !== rowOf(at(20, CRON_10_S)).executionId),
    })),
  ],
  ['neither row nor call', 'SILENT-MISS', all(withoutRow, withArrivals())],
  [
    'a call after 2.5 s',
    'LATE',
    all(
      withArrivals(arrivalOf(SLOT, { at: SLOT.scheduledFor + 2_500 })),
      withRow({ finishedAt: SLOT.scheduledFor + 2_700 }),
    ),
  ],
  [
    'a call after 33 s',
    'VERY-LATE',
    all(
      withArrivals(arrivalOf(SLOT, { at: SLOT.scheduledFor + 33_000 })),
      withRow({ finishedAt: SLOT.scheduledFor + 33_200 }),
    ),
  ],
  ['a call 300 ms early', 'EARLY', withArrivals(arrivalOf(SLOT, { at: SLOT.scheduledFor - 300 }))],
  [
    'a slot taken twice',
    'DUP-ROW',
    (history) => ({
      ...history,
      rows: [...history.rows, rowOf(SLOT, { executionId: 'twin' })],
      arrivals: [...history.arrivals, arrivalOf(SLOT, { executionId: 'twin' })],
    }),
  ],
  [
    'the same attempt twice',
    'DUP-SAME-ATTEMPT',
    withArrivals(arrivalOf(SLOT), arrivalOf(SLOT, { at: SLOT.scheduledFor + 145 })),
  ],
  [
    'another attempt after a success',
    'DUP-AFTER-SUCCESS',
    all(withArrivals(arrivalOf(SLOT), secondTry(15)), SETTLED_TWICE),
  ],
  [
    'two open calls of one execution',
    'OVERLAP',
    all(
      withArrivals(arrivalOf(SLOT, { endedAt: SLOT.scheduledFor + 5_000, status: 503 }), secondTry(2)),
      SETTLED_TWICE,
    ),
  ],
  [
    'two open runs of an exclusive schedule',
    'OVERLAP',
    all(
      (history) => ({
        ...history,
        arrivals: history.arrivals.map((one) =>
          one.executionId === rowOf(at(20, CRON_10_S)).executionId
            ? { ...one, endedAt: START + 30_100 }
            : one,
        ),
      }),
      withRow({ finishedAt: START + 30_120 }, at(20, CRON_10_S)),
    ),
  ],
  ['a call without a row', 'ORPHAN', withoutRow],
  [
    'a row at no instant',
    'ORPHAN',
    (history) => ({ ...history, rows: [...history.rows, rowOf(at(21), { state: 'skipped' })] }),
  ],
  ['a success without a call', 'GHOST-SUCCESS', withArrivals()],
  ['a success that the target refused', 'GHOST-SUCCESS', withArrivals(arrivalOf(SLOT, { status: 503 }))],
  ['a failure after a success', 'FALSE-FAILURE', withRow({ state: 'failed', errorType: 'timeout' })],
  [
    'a try given up without a fault',
    'FALSE-FAILURE',
    all(withArrivals(arrivalOf(SLOT, { status: null }), secondTry(1)), SETTLED_TWICE),
  ],
  [
    'an accepted run that is nowhere',
    'SILENT-MISS',
    (history) => ({
      ...history,
      rows: history.rows.filter(({ executionId }) => executionId !== ASKED_ID),
      arrivals: history.arrivals.filter(({ executionId }) => executionId !== ASKED_ID),
    }),
  ],
  ['an asked run that was told an hour too late an instant', 'EARLY', toldOffBy(HOUR_MS)],
  ['an asked run that was told an hour too early an instant', 'VERY-LATE', toldOffBy(-HOUR_MS)],
  ['a row that stays queued', 'STUCK', withRow({ state: 'queued', finishedAt: null })],
  [
    'an older attempt after a newer one',
    'FENCE-BREACH',
    all(
      withArrivals(
        arrivalOf(SLOT, { attempt: 2, status: 503 }),
        arrivalOf(SLOT, { attempt: 1, at: SLOT.scheduledFor + 1_000 }),
      ),
      SETTLED_TWICE,
    ),
  ],
  [
    'one attempt settled twice',
    'FENCE-BREACH',
    withRow({
      attempts: [
        { attempt: 1, outcome: 'failed' },
        { attempt: 1, outcome: 'succeeded' },
      ],
    }),
  ],
  [
    'an at-most-once run called again',
    'FENCE-BREACH',
    all(
      withArrivals(
        arrivalOf(at(20, ONCE_10_S), { status: 503 }),
        arrivalOf(at(20, ONCE_10_S), { attempt: 2, at: START + 21_000 }),
      ),
      withRow(
        {
          attempt: 2,
          attempts: [
            { attempt: 1, outcome: 'lost' },
            { attempt: 2, outcome: 'succeeded' },
          ],
          finishedAt: START + 22_000,
        },
        at(20, ONCE_10_S),
      ),
      (history) => ({ ...history, arrivals: [...history.arrivals, arrivalOf(SLOT)] }),
    ),
  ],
];

describe('checkHistory', () => {
  it('finds nothing in a valid history', () => {
    const verdict = check(validHistory());
    expect(verdict).toMatchObject({
      isGood: true,
      findings: [],
      matching: { byIdentity: 0, blind: 0, disagreements: [] },
      counted: { instants: 29, faultFreeInstants: 29, calls: 29, repeatedCalls: 0, rows: 29, faults: 0 },
      delays: { count: 29, p50: 40, p99: 40, max: 40 },
    });
  });

  it.each(MUTATIONS)('calls %s %s and nothing else', (_what, expected, mutate) => {
    expect(classesOf(mutate(validHistory()))).toEqual([expected]);
  });

  it.each(MUTATIONS)('counts %s (%s) alike by identity and blind', (_what, _expected, mutate) => {
    expect(check(mutate(validHistory())).matching.disagreements).toEqual([]);
  });
});

describe('checkHistory around a fault', () => {
  const lateBy = (second: number, delayMs: number): Edit =>
    all(
      (history) => ({
        ...history,
        arrivals: history.arrivals.map((one) =>
          one.executionId === rowOf(at(second)).executionId
            ? arrivalOf(at(second), { at: at(second).scheduledFor + delayMs })
            : one,
        ),
      }),
      withRow({ finishedAt: at(second).scheduledFor + delayMs + 200 }, at(second)),
    );
  const classesUnder = (faults: readonly Fault[], edit: Edit): string[] =>
    classesOf(edit(validHistory(faults)));

  it('allows a late start until its window ends', () => {
    expect(classesUnder([WORKER_KILL], lateBy(35, 14_000))).toEqual([]);
    expect(classesUnder([WORKER_KILL], lateBy(35, 18_000))).toEqual(['LATE']);
  });

  it('allows none for a fault that nobody may notice', () => {
    expect(classesUnder([{ ...WORKER_KILL, delaysStarts: false }], lateBy(35, 14_000))).toEqual(['LATE']);
  });

  it('allows none before it, and none once everything had been served again', () => {
    expect(classesUnder([WORKER_KILL], lateBy(20, 2_500))).toEqual(['LATE']);
    const recovered = { ...WORKER_KILL, recoveredAt: START + 38_000 };
    expect(classesUnder([recovered], lateBy(45, 2_500))).toEqual(['LATE']);
  });

  it('allows a second delivery with a higher number, and says why', () => {
    const edit = all(
      withArrivals(arrivalOf(SLOT, { endedAt: START + 20_500 }), secondTry(15)),
      SETTLED_TWICE,
    );
    const early = { ...WORKER_KILL, from: START + 20_400, until: START + 20_400 };
    expect(check(edit(validHistory([early]))).findings).toEqual([
      expect.objectContaining({ class: 'DUP-AFTER-SUCCESS', excusedBy: 'worker-kill of worker-1' }),
    ]);
  });

  it('does not allow one for a fault that costs no tries', () => {
    const edit = all(withArrivals(arrivalOf(SLOT), secondTry(15)), SETTLED_TWICE);
    expect(classesUnder([{ ...WORKER_KILL, costsTries: false }], edit)).toEqual(['DUP-AFTER-SUCCESS']);
  });

  it('lets an at-most-once run end as lost with its worker', () => {
    const slot = at(30, ONCE_10_S);
    const edit = withRow({ state: 'failed', errorType: 'worker_lost', finishedAt: START + 46_000 }, slot);
    expect(classesUnder([WORKER_KILL], edit)).toEqual([]);
    expect(classesUnder([], edit)).toEqual(['FALSE-FAILURE']);
  });
});
