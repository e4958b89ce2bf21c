import { Logger } from '@nestjs/common';
import { readRunnerConfig } from '@app/platform/config';
import { exitOnStartupFault, exitWhenParentGoes } from '@app/platform/lifecycle';
import { createLogger } from '@app/platform/logging';
import { serveCommands } from '@app/targets';

/** Commands of a worker in a process without its credentials; no application of Nest's, since nothing is to be injected. */
async function main(): Promise<void> {
  exitWhenParentGoes();
  const config = await readRunnerConfig();
  Logger.overrideLogger(createLogger(config));
  const server = await serveCommands(config);
  // What runs is its worker's to end: a worker that drains waits for it.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void server.close());
}

main().catch(exitOnStartupFault);
