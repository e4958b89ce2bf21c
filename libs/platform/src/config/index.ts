export {
  AppConfig,
  type AuthMode,
  type CommandTargets,
  type LogFormat,
  type LogLevel,
  type QueueBackend,
  type RedisConfig,
} from './app-config.js';
export { AppConfigModule, readConfig, readRunnerConfig } from './app-config.module.js';
export { ConfigError } from './config-error.js';
export { loadConfig } from './load-config.js';
export { loadRunnerConfig, type RunnerConfig } from './runner-config.js';
