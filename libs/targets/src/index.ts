export type { AllowedCommand, CommandTargets } from './command-policy.js';
export { EgressPolicy, type Destination } from './egress-policy.js';
export { parseEgressRule } from './egress-rule.js';
export type {
  AbortReason,
  FailureCause,
  Outcome,
  OutcomeAborted,
  OutcomeFailed,
  OutcomeSucceeded,
  RetryableCause,
  RunError,
  RunResult,
} from './outcome.js';
export { OUTPUT_LIMIT_BYTES, storableText } from './output-capture.js';
export type { LogSink, RunContext, Runner } from './runner.js';
export type { CommandTarget, HttpMethod, HttpTarget, Target } from './target.js';
export { TargetRunners, type TargetsOptions } from './target-runners.js';
export { TARGETS_OPTIONS, TargetsModule, type TargetsAsyncOptions } from './targets.module.js';
