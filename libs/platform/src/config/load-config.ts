import { type AppConfig, type AuthMode, type RedisConfig, type TracingConfig } from './app-config.js';
import { ConfigError } from './config-error.js';
import { type Faults, readVariables, type Values } from './read-variables.js';
import { serviceIdentity } from './service-identity.js';

/**
 * Turns the environment into a configuration. Pure; an empty variable counts as unset; variables it does not know are
 * none of its business.
 * @throws ConfigError naming every fault at once
 */
export function loadConfig(env: NodeJS.ProcessEnv): AppConfig {
  const faults: Faults = new Map();
  const values = readVariables(env, faults);
  const config = assemble(values);
  checkAuth(config, faults);
  checkRedis(config.redis, faults);
  if (faults.size > 0) throw new ConfigError([...faults].map(([name, fault]) => `${name}: ${fault}`));
  return Object.freeze(config);
}

function assemble(values: Values): AppConfig {
  const isProduction = values.NODE_ENV === 'production';
  return {
    isProduction,
    service: serviceIdentity,
    databaseUrl: values.DATABASE_URL,
    databasePoolSize: values.DATABASE_POOL_SIZE,
    queueBackend: values.QUEUE_BACKEND,
    queueDatabaseUrl: values.QUEUE_DATABASE_URL ?? withQueueDatabase(values.DATABASE_URL),
    redis: assembleRedis(values),
    logLevel: values.LOG_LEVEL,
    logFormat: values.LOG_FORMAT ?? (isProduction ? 'json' : 'text'),
    tracing: assembleTracing(values),
    metricsEnabled: values.METRICS_ENABLED,
    metricsPerJob: values.METRICS_PER_JOB,
    host: values.HOST,
    port: values.PORT,
    workerHost: values.HOST,
    workerPort: values.WORKER_PORT,
    ifMatchRequired: values.IF_MATCH_REQUIRED,
    workerConcurrency: values.WORKER_CONCURRENCY,
    circuitFailures: values.CIRCUIT_FAILURES,
    drainDelayMs: values.DRAIN_DELAY_SECONDS * 1000,
    drainTimeoutMs: values.DRAIN_TIMEOUT_SECONDS * 1000,
    authMode: values.AUTH_MODE ?? defaultAuthMode(isProduction),
    authAllowNone: values.AUTH_ALLOW_NONE,
    docsPublic: values.DOCS_PUBLIC,
    apiKeyPepper: values.API_KEY_PEPPER,
    apiKeyPepperPrevious: values.API_KEY_PEPPER_PREVIOUS,
    metricsToken: values.METRICS_TOKEN,
    oidc: {
      issuer: values.OIDC_ISSUER,
      audience: values.OIDC_AUDIENCE,
      groupsClaim: values.OIDC_GROUPS_CLAIM,
      groupsFile: values.OIDC_GROUPS_FILE,
    },
    rateLimits: {
      keyPerMinute: values.RATE_LIMIT_KEY_PER_MINUTE,
      servicePerMinute: values.RATE_LIMIT_SERVICE_PER_MINUTE,
      failuresPerMinute: values.RATE_LIMIT_FAILURES_PER_MINUTE,
    },
    trustProxy: values.TRUST_PROXY ?? 0,
    egressAllow: values.EGRESS_ALLOW ?? [],
    commandTargets: values.COMMAND_TARGETS,
    commandIsolation: values.COMMAND_ISOLATION,
    commandRunnerSocket: values.COMMAND_RUNNER_SOCKET,
    secretsKeys: values.SECRETS_KEYS ?? [],
    retentionDays: values.RETENTION_DAYS,
    auditRetentionDays: values.AUDIT_RETENTION_DAYS,
    dataDir: values.DATA_DIR,
  };
}

/** `REDIS_URL`, where given, wins over the single variables: platforms that inject one inject it whole. */
function assembleRedis(values: Values): RedisConfig {
  const url = values.REDIS_URL;
  if (url === null) {
    return {
      host: values.REDIS_HOST,
      port: values.REDIS_PORT,
      username: values.REDIS_USERNAME,
      password: values.REDIS_PASSWORD,
      tls: values.REDIS_TLS,
      db: values.REDIS_DB,
      cluster: values.REDIS_CLUSTER,
    };
  }
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || 6379),
    username: decodeURIComponent(url.username) || null,
    password: decodeURIComponent(url.password) || null,
    tls: url.protocol === 'rediss:',
    db: Number(url.pathname.slice(1)),
    cluster: values.REDIS_CLUSTER,
  };
}

function assembleTracing(values: Values): TracingConfig | null {
  const endpoint = values.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === null) return null;
  const headers = values.OTEL_EXPORTER_OTLP_HEADERS ?? {};
  return { endpoint, headers, sampledRatio: values.OTEL_TRACES_SAMPLER_ARG };
}

function withQueueDatabase(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.pathname = `${url.pathname}_queue`;
  return url.href;
}

function defaultAuthMode(isProduction: boolean): AuthMode {
  return isProduction ? 'api-key' : 'none';
}

/** An open api that runs commands and calls URLs is a remote shell: off this machine only when asked for twice. */
function checkAuth(config: AppConfig, faults: Faults): void {
  if (faults.has('HOST') || faults.has('AUTH_MODE') || faults.has('AUTH_ALLOW_NONE')) return;
  if (config.authMode !== 'none' || config.authAllowNone || isLoopback(config.host)) return;
  faults.set(
    'AUTH_MODE',
    `none would open the api to everyone who reaches ${config.host}; allowed: api-key, oidc, a loopback HOST such as 127.0.0.1, or AUTH_ALLOW_NONE=true`,
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function checkRedis(redis: RedisConfig, faults: Faults): void {
  if (!redis.cluster || redis.db === 0 || faults.has('REDIS_DB')) return;
  faults.set('REDIS_DB', `${redis.db} does not exist in a cluster; allowed: 0 when REDIS_CLUSTER=true`);
}
