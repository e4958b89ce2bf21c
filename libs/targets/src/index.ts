export { serveCommands } from './command/delegation/serve-commands.js';
export type {
  AbortReason,
  FailureCause,
  Outcome,
  OutcomeAborted,
  OutcomeFailed,
  OutcomeLost,
  OutcomeUncalled,
  RetryCause,
  RunError,
  RunResult,
} from './outcome.js';
export { failed, RETRY_CAUSES } from './outcome.js';
export { storableText } from './output-capture.js';
export { parseEgressRule } from './egress/egress-rule.js';
export { isReservedHeader } from './http/reserved-headers.js';
export {
  findReferenceFault,
  findSurplusOfReferences,
  hasReference,
  hasReferenceInHost,
  SECRET_NAME,
  secretNamesIn,
} from './secret-references.js';
export { LOG_LIMIT_CHARACTERS, type LogSink, type RunContext, type RunGrants } from './runner.js';
export type { CommandTarget, HttpMethod, HttpTarget, Target } from './target.js';
export { TargetRunners } from './target-runners.js';
export { TargetsModule } from './targets.module.js';
export { METADATA_ADDRESSES } from './egress/ip-address.js';
