import { describe, expect, it } from '@jest/globals';
import type { Clock } from '@app/platform/clock';
import type { ExecutionState } from '../../domain/execution-state.js';
import type { HistoryRepository } from '../../history/history.repository.js';
import type { LogsRepository, StoredLogLine } from '../../history/logs.repository.js';
import { LogFollower, type LogUpdate } from './log-follower.js';

const LOG = { service: 'default', executionId: 'id' };
const OPEN = new AbortController().signal;

/** Each look finds the next state; the time between two questions is `stepMs`. */
function aFollower(states: readonly (ExecutionState | null)[], lineCount = 0, stepMs = 0): LogFollower {
  const left = [...states];
  let nowMs = 0;
  const lines = Array.from({ length: lineCount }, (_, seq) => ({ seq }) as StoredLogLine);
  const logs: Pick<LogsRepository, 'readAfter'> = {
    readAfter: async (_service, _id, afterSeq, limit) =>
      lines.filter(({ seq }) => seq > afterSeq).slice(0, limit),
  };
  const history: Pick<HistoryRepository, 'stateOf'> = { stateOf: async () => left.shift() ?? null };
  const clock: Clock = { now: () => new Date(0), monotonicMs: () => (nowMs += stepMs) };
  return new LogFollower(logs as LogsRepository, history as HistoryRepository, clock);
}

async function typesOf(updates: AsyncIterable<LogUpdate>): Promise<string[]> {
  const types: string[] = [];
  for await (const update of updates) types.push(update.type);
  return types;
}

describe('LogFollower', () => {
  it('gives a sign of life where nothing else is to be said for long', async () => {
    const follower = aFollower(['running', 'running', 'succeeded'], 0, 15_000);
    expect(await typesOf(follower.follow(LOG, -1, OPEN))).toEqual(['alive', 'alive', 'end']);
  });

  it('gives none before its time', async () => {
    const follower = aFollower(['running', 'succeeded'], 0, 1_000);
    expect(await typesOf(follower.follow(LOG, -1, OPEN))).toEqual(['end']);
  });

  it('reads all pages of an execution that has ended', async () => {
    const states = Array.from({ length: 3 }, () => 'failed' as const);
    const types = await typesOf(aFollower(states, 250).follow(LOG, 9, OPEN));
    expect(types).toEqual([...Array.from({ length: 240 }, () => 'line'), 'end']);
  });

  it('has no end to tell where retention took the execution away', async () => {
    expect(await typesOf(aFollower(['running', null]).follow(LOG, -1, OPEN))).toEqual([]);
  });

  it('keeps what it has read to itself once nobody may have it', async () => {
    const controller = new AbortController();
    const updates = aFollower(['running'], 50).follow(LOG, -1, controller.signal);
    expect((await updates.next()).value).toMatchObject({ type: 'line', line: { seq: 0 } });
    controller.abort();
    expect((await updates.next()).done).toBe(true);
  });

  it('asks nothing once nobody listens', async () => {
    expect(await typesOf(aFollower(['succeeded']).follow(LOG, -1, AbortSignal.abort()))).toEqual([]);
  });
});
