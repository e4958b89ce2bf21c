import { Global, Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { AppConfig } from './app-config.js';
import { loadConfig } from './load-config.js';
import { loadRunnerConfig, type RunnerConfig } from './runner-config.js';

/**
 * Makes `AppConfig` injectable everywhere.
 *
 * Validation runs in the provider and not in `forRoot({ validate })`: that one is called while modules are imported,
 * where a fault would end the process as an unhandled rejection with a stack trace instead of as a list of faults.
 */
@Global()
@Module({
  imports: [ConfigModule.forRoot({ isGlobal: true, cache: true })],
  providers: [{ provide: AppConfig, useFactory: readConfig }],
  exports: [AppConfig],
})
export class AppConfigModule {}

/** The configuration of this process, `.env` included. @throws ConfigError */
export async function readConfig(): Promise<AppConfig> {
  await ConfigModule.envVariablesLoaded;
  return loadConfig(process.env);
}

/** The same for a command runner: a `.env` beside it is refused for what may not be in it. @throws ConfigError */
export async function readRunnerConfig(): Promise<RunnerConfig> {
  await ConfigModule.envVariablesLoaded;
  return loadRunnerConfig(process.env);
}
