import { Injectable } from '@nestjs/common';
import { Clock } from '@app/platform/clock';
import { type ExecutionState, isFinal } from '../../domain/execution-state.js';
import { HistoryRepository } from '../../history.repository.js';
import { LogsRepository, type StoredLogLine } from '../../logs.repository.js';
import { pause } from '../waiting/pause.js';

/** What happens to a log that is being followed; `quiet` is said when nothing else was for a while. */
export type LogUpdate =
  | { readonly type: 'line'; readonly line: StoredLogLine }
  | { readonly type: 'quiet' }
  | { readonly type: 'end'; readonly state: ExecutionState };

const LOOK_EVERY_MS = 300;
const QUIET_AFTER_MS = 15_000;
const PAGE_LINES = 100;

/** Reads a log to its end, which may be still to come. Looks only when asked for more: a slow reader slows it down. */
@Injectable()
export class LogFollower {
  constructor(
    private readonly logs: LogsRepository,
    private readonly history: HistoryRepository,
    private readonly clock: Clock,
  ) {}

  async *follow(executionId: string, afterSeq: number, signal: AbortSignal): AsyncGenerator<LogUpdate> {
    let lastSeq = afterSeq;
    let spokeAtMs = this.clock.monotonicMs();
    while (!signal.aborted) {
      // Before the lines: a run's last line is stored before its final state, so none can come after this answer.
      const state = await this.history.stateOf(executionId);
      const lines = await this.logs.readAfter(executionId, lastSeq, PAGE_LINES);
      for (const line of lines) yield { type: 'line', line };
      lastSeq = lines.at(-1)?.seq ?? lastSeq;
      if (lines.length === PAGE_LINES) continue;
      if (state === null) return;
      if (isFinal(state)) return yield { type: 'end', state };

      if (lines.length > 0) spokeAtMs = this.clock.monotonicMs();
      if (this.clock.monotonicMs() - spokeAtMs >= QUIET_AFTER_MS) {
        yield { type: 'quiet' };
        spokeAtMs = this.clock.monotonicMs();
      }
      await pause(LOOK_EVERY_MS, signal);
    }
  }
}
