import type { OnApplicationShutdown } from '@nestjs/common';
import type { CommandTargets, IsolationWanted } from '@app/platform/config';
import type { CommandExecutor } from './command/command-executor.js';
import type { CommandIsolationInForce } from './command/command-isolation.js';
import { CommandPolicy } from './command/command-policy.js';
import { CommandRunner } from './command/command.runner.js';
import { EgressPolicy } from './egress/egress-policy.js';
import { HttpRunner } from './http/http.runner.js';
import type { Outcome } from './outcome.js';
import { Redaction } from './redaction.js';
import type { LogSink, RunContext } from './runner.js';
import { withSecrets } from './secret-references.js';
import { TargetCircuits } from './http/target-circuits.js';
import type { Target } from './target.js';

export interface TargetsOptions {
  /** Hosts and networks, each on all ports or some, that HTTP targets may reach in addition to public addresses. */
  readonly egressAllow: readonly string[];
  readonly commandTargets: CommandTargets;
  /** Default `auto`. */
  readonly commandIsolation?: IsolationWanted;
  /** Where the command runner listens that commands are handed to; it then decides which may run. Default none. */
  readonly commandRunnerSocket?: string | null;
  /** Failures in a row after which a host is not called for a while; 0 = always call. */
  readonly circuitFailures: number;
}

const USER_AGENT = 'job-scheduler';

/** Passes each target to the runner for its type. */
export class TargetRunners implements OnApplicationShutdown {
  constructor(
    private readonly http: HttpRunner,
    private readonly command: CommandExecutor,
  ) {}

  /** Throws if an EGRESS_ALLOW entry or the allow-list file cannot be read: a typo must show at start, not in a job. */
  static fromOptions(
    options: TargetsOptions,
    command: CommandExecutor = new CommandRunner(CommandPolicy.load(options.commandTargets)),
  ): TargetRunners {
    const { egressAllow, circuitFailures } = options;
    return new TargetRunners(
      new HttpRunner(EgressPolicy.parse(egressAllow), USER_AGENT, new TargetCircuits(circuitFailures)),
      command,
    );
  }

  get commandIsolation(): CommandIsolationInForce {
    return this.command.isolationInForce;
  }

  /** Whether commands go to a command runner, which may be away. */
  get handsCommandsOver(): boolean {
    return this.command.handsCommandsOver;
  }

  /** @throws if commands are handed over and the command runner does not answer */
  async checkCommandRunner(): Promise<void> {
    await this.command.check();
  }

  /** Secrets are filled in here, at the last moment, and redacted from everything that comes back. */
  async run(target: Target, context: RunContext, signal: AbortSignal, log: LogSink): Promise<Outcome> {
    const filled = withSecrets(target, context.grants);
    if (filled.type === 'failed') return filled;
    const redaction = Redaction.of(context.grants.secrets);
    return redaction.outcome(await this.runFilled(filled, context, signal, redaction.log(log)));
  }

  private runFilled(
    target: Target,
    context: RunContext,
    signal: AbortSignal,
    log: LogSink,
  ): Promise<Outcome> {
    switch (target.type) {
      case 'http':
        return this.http.run(target, context, signal, log);
      case 'command':
        return this.command.run(target, context, signal, log);
    }
  }

  /** Closes the connections that are still open; runs end through their signals. */
  async close(): Promise<void> {
    this.command.close();
    await this.http.close();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }
}
