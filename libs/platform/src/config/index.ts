export {
  AppConfig,
  type CommandTargets,
  type IsolationWanted,
  type LogFormat,
  type LogLevel,
  type RedisConfig,
} from './app-config.js';
export { AppConfigModule, readConfig, readRunnerConfig } from './app-config.module.js';
export { ConfigError } from './config-error.js';
export { loadConfig } from './load-config.js';
export { loadRunnerConfig } from './runner-config.js';
