import { Injectable } from '@nestjs/common';
import { Clock } from '@app/platform/clock';
import { sleep } from '@app/platform/waiting';
import { type ExecutionState, isFinal } from '../../domain/execution-state.js';
import { HistoryRepository } from '../../history/history.repository.js';
import { LogsRepository, type StoredLogLine } from '../../history/logs.repository.js';

/** What happens to a log that is being followed; `alive` comes from time to time, whether anything happens or not. */
export type LogUpdate =
  | { readonly type: 'line'; readonly line: StoredLogLine }
  | { readonly type: 'alive' }
  | { readonly type: 'end'; readonly state: ExecutionState };

/** Whose log: of this service's execution, or of none. */
export interface FollowedLog {
  readonly service: string;
  readonly executionId: string;
}

const LOOK_EVERY_MS = 300;
const ALIVE_EVERY_MS = 15_000;
const PAGE_LINES = 100;

/** Reads a log to its end, which may be still to come. Looks only when asked for more: a slow reader slows it down. */
@Injectable()
export class LogFollower {
  constructor(
    private readonly logs: LogsRepository,
    private readonly history: HistoryRepository,
    private readonly clock: Clock,
  ) {}

  async *follow(
    { service, executionId }: FollowedLog,
    afterSeq: number,
    signal: AbortSignal,
  ): AsyncGenerator<LogUpdate> {
    let lastSeq = afterSeq;
    let saidAliveAtMs = this.clock.monotonicMs();
    while (!signal.aborted) {
      // Before the lines: a run's last line is stored before its final state, so none can come after this answer.
      const state = await this.history.stateOf(service, executionId);
      const lines = await this.logs.readAfter(service, executionId, lastSeq, PAGE_LINES);
      for (const line of lines) {
        if (signal.aborted) return; // Whoever reads slowly takes minutes for a hundred, and may lose his key meanwhile.
        yield { type: 'line', line };
      }
      lastSeq = lines.at(-1)?.seq ?? lastSeq;
      if (lines.length === PAGE_LINES) continue;
      if (state === null || isFinal(state)) return yield* endOf(state);

      if (this.clock.monotonicMs() - saidAliveAtMs >= ALIVE_EVERY_MS) {
        saidAliveAtMs = this.clock.monotonicMs();
        yield { type: 'alive' };
      }
      await sleep(LOOK_EVERY_MS, signal);
    }
  }
}

/** An execution that retention took away in the meantime has no end to tell. */
function* endOf(state: ExecutionState | null): Generator<LogUpdate, void> {
  if (state !== null) yield { type: 'end', state };
}
