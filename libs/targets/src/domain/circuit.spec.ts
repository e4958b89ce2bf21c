import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  admit,
  afterAnswer,
  afterFailure,
  afterNothing,
  type Circuit,
  CLOSED,
  CONNECTED_AFTER_MS,
  isIdle,
  LONGEST_OPEN_MS,
  LONGEST_SPREAD_MS,
  retryInMs,
  SHORTEST_SPREAD_MS,
} from './circuit.js';

const LIMIT = 3;
const LONGEST_WAIT = 0; // the random number that gives the full delay
const open = (openings: number, probeAtMs: number): Circuit => ({ state: 'open', openings, probeAtMs });
const probing = (openings: number, probingSinceMs: number): Circuit => ({
  state: 'half_open',
  openings,
  probingSinceMs,
});

describe('a circuit', () => {
  it('opens after so many failures in a row, and an answer in between begins the count anew', () => {
    const fail = (circuit: Circuit) => afterFailure(circuit, false, LIMIT, 0, LONGEST_WAIT);
    const twice = fail(fail(CLOSED));
    expect(twice).toEqual({ state: 'closed', failures: 2 });
    expect(fail(fail(afterAnswer()))).toEqual(twice);
    expect(fail(twice)).toEqual(open(1, 1_000));
  });

  it.each<[string, Circuit, number, object]>([
    ['closed lets every call go', CLOSED, 0, { type: 'pass' }],
    ['open lets none go before its probe is due', open(1, 500), 400, { type: 'wait', waitMs: 100 }],
    ['open lets one go then', open(4, 500), 500, { type: 'probe', circuit: probing(4, 500) }],
    ['half-open lets none go beside the probe', probing(1, 500), 900, { type: 'wait' }],
    [
      'half-open takes a probe that is still under way for connected',
      probing(1, 500),
      500 + CONNECTED_AFTER_MS,
      { type: 'pass', circuit: CLOSED },
    ],
  ])('%s', (_what, circuit, nowMs, expected) => {
    expect(admit(circuit, nowMs)).toMatchObject(expected);
  });

  it('opens for twice as long with each failed probe, up to its limit', () => {
    const longest = [1, 2, 3, 4, 5, 30].map((openings) => {
      const circuit = afterFailure(probing(openings, 0), true, LIMIT, 0, LONGEST_WAIT);
      return circuit.state === 'open' && circuit.probeAtMs;
    });
    expect(longest).toEqual([2_000, 4_000, 8_000, LONGEST_OPEN_MS, LONGEST_OPEN_MS, LONGEST_OPEN_MS]);
  });

  it('opens for a millisecond at least, whatever chance says', () => {
    const shortest = afterFailure(probing(1, 0), true, LIMIT, 1_790_000_000_000, 1 - Number.EPSILON);
    expect(shortest).toEqual(open(2, 1_790_000_000_001));
  });

  it.each<[string, Circuit]>([
    ['open', open(2, 500)],
    ['half-open', probing(2, 500)],
  ])('stays %s when calls fail that were under way before', (_what, circuit) => {
    expect(afterFailure(circuit, false, LIMIT, 600, 0)).toBe(circuit);
  });

  it('gives a probe that told nothing to the next call, and no longer pause for it', () => {
    const circuit = afterNothing(probing(3, 500), true, 700);
    expect(admit(circuit, 700)).toEqual({ type: 'probe', circuit: probing(3, 700) });
    expect(afterNothing(circuit, false, 700)).toBe(circuit);
  });

  it('is of no interest when nobody has called long after its probe was due', () => {
    expect(isIdle(open(1, 0), 600_000)).toBe(false);
    expect(isIdle(open(1, 0), 600_001)).toBe(true);
    expect(isIdle(probing(1, 0), 600_001)).toBe(false);
  });
});

/** Any history of a host: time passes, calls begin when the circuit lets them, and end in any order. */
const steps = fc.array(
  fc.record({
    passesMs: fc.integer({ min: 0, max: 8_000 }),
    event: fc.constantFrom('begin', 'answered', 'failed', 'nothing'),
    which: fc.nat(20),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  }),
  { maxLength: 200 },
);

/** A call under way; `probe` is the half-open circuit that let it through as a probe. */
interface Call {
  readonly probe: Circuit | null;
}

interface Seen {
  readonly before: Circuit;
  readonly after: Circuit;
  readonly nowMs: number;
  readonly underWay: readonly Call[];
  readonly ended: string | null;
}

function* live(story: StepsOf<typeof steps>): Generator<Seen> {
  let circuit: Circuit = CLOSED;
  let nowMs = 0;
  const underWay: Call[] = [];
  for (const { passesMs, event, which, random } of story) {
    nowMs += passesMs;
    const before = circuit;
    const call = event === 'begin' ? undefined : underWay.splice(which % (underWay.length || 1), 1)[0];
    if (event === 'begin') {
      const { type, circuit: after } = admit(circuit, nowMs);
      circuit = after;
      if (type !== 'wait') underWay.push({ probe: type === 'probe' ? after : null });
    }
    if (call) circuit = afterEnd(circuit, call, event, nowMs, random);
    yield { before, after: circuit, nowMs, underWay, ended: call ? event : null };
  }
}

type StepsOf<A> = A extends fc.Arbitrary<infer S> ? S : never;

function afterEnd(circuit: Circuit, call: Call, event: string, nowMs: number, random: number): Circuit {
  const isProbe = circuit === call.probe;
  if (event === 'answered') return afterAnswer();
  if (event === 'nothing') return afterNothing(circuit, isProbe, nowMs);
  return afterFailure(circuit, isProbe, LIMIT, nowMs, random);
}

describe('whatever happens to a host', () => {
  it('no two of its probes are under way at once, from its opening until it is closed', () => {
    fc.assert(
      fc.property(steps, (story) => {
        let probes: Call[] = [];
        for (const { after, underWay } of live(story)) {
          const newest = underWay.at(-1);
          if (newest?.probe === after && !probes.includes(newest)) probes.push(newest);
          probes = after.state === 'closed' ? [] : probes.filter((probe) => underWay.includes(probe));
          expect(probes.length).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('an answer closes its circuit', () => {
    fc.assert(
      fc.property(steps, (story) => {
        for (const { ended, after } of live(story)) if (ended === 'answered') expect(after).toEqual(CLOSED);
      }),
    );
  });

  it('it opens for more than nothing and no more than the limit', () => {
    fc.assert(
      fc.property(steps, (story) => {
        for (const { before, after, nowMs, ended } of live(story)) {
          if (ended !== 'failed' || after === before || after.state !== 'open') continue;
          const longestMs = Math.min(LONGEST_OPEN_MS, 1_000 * 2 ** (after.openings - 1));
          expect(after.probeAtMs - nowMs).toBeGreaterThan(0);
          expect(after.probeAtMs - nowMs).toBeLessThanOrEqual(longestMs);
        }
      }),
    );
  });

  it('a run that may not call comes after the probe, and soon enough after it', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: LONGEST_OPEN_MS, noNaN: true }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (waitMs, random) => {
          expect(retryInMs(waitMs, random)).toBeGreaterThanOrEqual(waitMs + SHORTEST_SPREAD_MS);
          expect(retryInMs(waitMs, random)).toBeLessThanOrEqual(Math.ceil(waitMs + LONGEST_SPREAD_MS));
          expect(Number.isInteger(retryInMs(waitMs, random))).toBe(true);
        },
      ),
    );
  });
});
