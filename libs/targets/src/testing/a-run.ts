import type { AbortReason } from '../outcome.js';
import type { LogSink, RunContext, RunGrants } from '../runner.js';

export function aContext(changes: Partial<RunContext> = {}): RunContext {
  return {
    executionId: '0198a000-0000-7000-8000-000000000001',
    jobId: '0198a000-0000-7000-8000-000000000002',
    jobName: 'nightly report',
    scheduleId: '0198a000-0000-7000-8000-000000000003',
    scheduledFor: '2026-01-05T02:30:00.000Z',
    attempt: 2,
    maxAttempts: 5,
    trigger: 'schedule',
    retryOf: null,
    parameters: { region: 'eu' },
    timeoutMs: 60_000,
    mayGoUncalled: true,
    deadline: '2026-01-05T02:31:00.000Z',
    now: () => new Date(),
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    grants: aGrant(),
    ...changes,
  };
}

export function aGrant(changes: Partial<RunGrants> = {}): RunGrants {
  return { service: 'default', egressAllow: [], secrets: new Map(), signingSecrets: [], ...changes };
}

export const TIMED_OUT: AbortReason = { type: 'timeout', message: 'took longer than 60000 ms' };

export const neverAborted = (): AbortSignal => new AbortController().signal;

/** A log that keeps its text and can be waited for. */
export class RecordingLog implements LogSink {
  readonly text = { stdout: '', stderr: '', system: '' };
  private waiting: (() => void)[] = [];

  write(stream: 'stdout' | 'stderr' | 'system', text: string): void {
    this.text[stream] += text;
    this.waiting.splice(0).forEach((wake) => wake());
  }

  async until(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.text[stream]);
      if (match) return match;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }
}
