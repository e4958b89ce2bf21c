import { describe, expect, it } from '@jest/globals';
import {
  EXECUTION_STATES,
  type ExecutionState,
  isFinal,
  mayBecome,
  RETRYABLE_STATES,
  sqlStatesBefore,
  statesBefore,
} from './execution-state.js';

/** The contract's machine, a row for each state; `x` where the state of the row may become that of the column. */
const TABLE = `
             pending queued running succeeded failed timed_out cancelled skipped missed
  pending       .      x       .        .        .       .         x        .       .
  queued        x      .       x        .        .       .         x        .       .
  running       x      .       .        x        x       x         x        .       .
  succeeded     .      .       .        .        .       .         .        .       .
  failed        .      .       .        .        .       .         .        .       .
  timed_out     .      .       .        .        .       .         .        .       .
  cancelled     .      .       .        .        .       .         .        .       .
  skipped       .      .       .        .        .       .         .        .       .
  missed        .      .       .        .        .       .         .        .       .`;

const [columns = [], ...rows] = TABLE.trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/));
const transitions = rows.flatMap(([from, ...marks]) =>
  marks.map(
    (mark, index) => [from, columns[index], mark === 'x'] as [ExecutionState, ExecutionState, boolean],
  ),
);

describe('the state machine', () => {
  it('is covered by the table', () => {
    expect(columns).toEqual(EXECUTION_STATES);
    expect(rows.map(([from]) => from)).toEqual(EXECUTION_STATES);
  });

  it.each(transitions)('%s → %s: %s', (from, to, allowed) => {
    expect(mayBecome(from, to)).toBe(allowed);
    expect(statesBefore(to).includes(from)).toBe(allowed);
    expect(sqlStatesBefore(to).includes(`'${from}'`)).toBe(allowed);
  });

  it.each(EXECUTION_STATES)('%s is final exactly when nothing follows', (state) => {
    expect(isFinal(state)).toBe(!transitions.some(([from, , allowed]) => allowed && from === state));
  });

  it('lets only what ended badly be repeated', () => {
    expect(RETRYABLE_STATES).toEqual(['failed', 'timed_out', 'cancelled']);
    expect(RETRYABLE_STATES.every(isFinal)).toBe(true);
  });

  it('writes a list for SQL', () => {
    expect(sqlStatesBefore('cancelled')).toBe("'pending', 'queued', 'running'");
    expect(sqlStatesBefore('skipped')).toBe('');
  });
});
