import { describe, expect, it } from '@jest/globals';
import { type LogLine, RunLog } from './run-log.js';

function logOf(attempt: number): { log: RunLog; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const run = { id: 'an-execution', scheduledFor: new Date(0), attempt };
  const log = new RunLog(
    run,
    () => new Date(1_000),
    (line) => lines.push(line),
  );
  return { log, lines };
}

describe("a run's log", () => {
  it('numbers lines within the execution, those of a later attempt behind those of an earlier one', () => {
    const first = logOf(1);
    const second = logOf(2);
    first.log.write('stdout', 'a');
    first.log.write('stderr', 'b');
    second.log.write('stdout', 'c');
    expect(first.lines.map(({ seq }) => seq)).toEqual([1_000_000, 1_000_001]);
    expect(second.lines[0]!.seq).toBeGreaterThan(first.lines[1]!.seq);
  });

  it('keeps a million characters and then says once that it was truncated', () => {
    const { log, lines } = logOf(1);
    log.write('stdout', 'x'.repeat(999_999));
    expect(log.hasEnough).toBe(false);
    log.write('stdout', 'yz');
    expect(log.hasEnough).toBe(true);
    log.write('stdout', 'never seen');
    expect(lines.map(({ stream }) => stream)).toEqual(['stdout', 'stdout', 'system']);
    expect(lines.slice(0, 2).map(({ text }) => text.length)).toEqual([999_999, 1]);
    expect(lines[2]!.text).toMatch(/truncated/);
  });

  it('keeps a hundred thousand pieces, however small, so that no number is used twice', () => {
    const first = logOf(1);
    for (let piece = 0; piece < 100_002; piece++) first.log.write('stdout', 'x');
    expect(first.lines).toHaveLength(100_001);
    expect(first.lines.at(-1)).toMatchObject({ stream: 'system', text: 'log truncated after 100000 pieces' });
    const second = logOf(2);
    second.log.write('stdout', 'y');
    expect(second.lines[0]!.seq).toBeGreaterThan(first.lines.at(-1)!.seq);
  });

  it('is empty until something was written', () => {
    const { log } = logOf(1);
    log.write('stdout', '');
    expect(log.isEmpty).toBe(true);
    log.write('system', 'started');
    expect(log.isEmpty).toBe(false);
  });

  it('replaces what Postgres cannot store', () => {
    const { log, lines } = logOf(1);
    log.write('stdout', 'a\0b');
    expect(lines[0]!.text).toBe('a\uFFFDb');
  });
});
