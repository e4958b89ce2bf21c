import type { Outcome } from './outcome.js';
import type { Target } from './target.js';

/** What the service that owns a run lends it for one attempt. */
export interface RunGrants {
  /** Whose connections are used: services never share them. */
  readonly service: string;
  /** Hosts and networks that its HTTP targets may reach in addition to EGRESS_ALLOW. */
  readonly egressAllow: readonly string[];
  /** By name: those that the target refers to and that exist; null for one that cannot be decrypted. */
  readonly secrets: ReadonlyMap<string, string | null>;
  /** `whsec_…`, newest first; empty if its calls are not signed; null for one that cannot be decrypted. */
  readonly signingSecrets: readonly (string | null)[];
}

/** What a run tells its target about itself. */
export interface RunContext {
  readonly executionId: string;
  readonly jobId: string;
  readonly jobName: string;
  /** Null for a run that did not come from a schedule. */
  readonly scheduleId: string | null;
  /** RFC 3339 with milliseconds, as is `deadline`. */
  readonly scheduledFor: string;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly trigger: string;
  /** The execution that it repeats, for a run of trigger `retry`. */
  readonly retryOf: string | null;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
  /** Whether it may be given back uncalled while its host or the command runner is away; false after enough times. */
  readonly mayGoUncalled: boolean;
  readonly deadline: string;
  /** The database's clock: receivers refuse a signature whose time is minutes off. */
  readonly now: () => Date;
  /** W3C trace context, if there is one. */
  readonly traceparent: string | null;
  readonly grants: RunGrants;
}

/** What a command's process is told about its run and lent for it. */
export type CommandContext = Omit<RunContext, 'mayGoUncalled' | 'now' | 'grants'> & {
  readonly grants: Pick<RunGrants, 'secrets'>;
};

/** The limit of each attempt's log; anything beyond it is read and dropped. */
export const LOG_LIMIT_CHARACTERS = 1_000_000;

/** Takes a run's log text as it comes. It must never throw or block, since socket and pipe events call it. */
export interface LogSink {
  /** Whether it will drop whatever is written from now on, so that nobody need prepare it; default never */
  readonly hasEnough?: boolean;
  /** @returns a promise if there is no room until it resolves: callers that can wait should, the others lose nothing */
  write(stream: 'stdout' | 'stderr' | 'system', text: string): void | Promise<void>;
}

/**
 * Performs one kind of target.
 *
 * Time-out, cancel, lease loss and shutdown all arrive as `signal`. A failed call is an Outcome; only bugs throw.
 */
export interface Runner<T extends Target = Target> {
  run(target: T, context: RunContext, signal: AbortSignal, log: LogSink): Promise<Outcome>;
}
