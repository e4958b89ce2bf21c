import {
  atLeastBytes,
  commandTargets,
  egressList,
  flag,
  headerList,
  host,
  httpUrl,
  integer,
  issuerUrl,
  oneOf,
  type Parser,
  postgresUrl,
  ratio,
  redisUrl,
  secretsKeys,
  socketPath,
  text,
  trustedProxies,
} from './parsers.js';

export interface Variable<T> {
  readonly parse: Parser<T>;
  /** Text used when the variable is unset or empty; `null` when the default follows from other variables. */
  readonly fallback: string | null;
  /** A secret's value never appears in a fault. */
  readonly secret: boolean;
}

function variable<T, F extends string | null>(parse: Parser<T>, fallback: F) {
  return { parse, fallback, secret: false };
}

function secret<T, F extends string | null>(parse: Parser<T>, fallback: F) {
  return { parse, fallback, secret: true };
}

/** Every variable this service knows, in the order of `.env.example`. */
export const VARIABLES = {
  NODE_ENV: variable(text, 'development'),
  DATABASE_URL: secret(postgresUrl, 'postgresql://postgres:postgres@localhost:5432/scheduler'),
  DATABASE_POOL_SIZE: variable(integer(1, 500), '10'),
  QUEUE_BACKEND: variable(oneOf('redis', 'postgres'), 'redis'),
  QUEUE_DATABASE_URL: secret(postgresUrl, null),
  REDIS_URL: secret(redisUrl, null),
  REDIS_HOST: variable(host, 'localhost'),
  REDIS_PORT: variable(integer(1, 65535), '6379'),
  REDIS_USERNAME: variable(text, null),
  REDIS_PASSWORD: secret(text, null),
  REDIS_TLS: variable(flag, 'false'),
  REDIS_DB: variable(integer(0, 1_000_000), '0'),
  REDIS_CLUSTER: variable(flag, 'false'),
  LOG_LEVEL: variable(oneOf('TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'), 'INFO'),
  LOG_FORMAT: variable(oneOf('json', 'text'), null),
  OTEL_EXPORTER_OTLP_ENDPOINT: variable(httpUrl, null),
  OTEL_EXPORTER_OTLP_HEADERS: secret(headerList, null),
  OTEL_TRACES_SAMPLER_ARG: variable(ratio, '1'),
  METRICS_ENABLED: variable(flag, 'true'),
  METRICS_PER_JOB: variable(integer(0, 1000), '0'),
  HOST: variable(host, '127.0.0.1'),
  PORT: variable(integer(0, 65535), '3000'),
  WORKER_PORT: variable(integer(0, 65535), '3001'),
  IF_MATCH_REQUIRED: variable(flag, 'false'),
  WORKER_CONCURRENCY: variable(integer(1, 10_000), '4'),
  CIRCUIT_FAILURES: variable(integer(0, 1000), '5'),
  DRAIN_DELAY_SECONDS: variable(integer(0, 300), '0'),
  DRAIN_TIMEOUT_SECONDS: variable(integer(0, 3600), '25'),
  TRUST_PROXY: variable(trustedProxies, null),
  AUTH_MODE: variable(oneOf('none', 'api-key', 'oidc'), null),
  AUTH_ALLOW_NONE: variable(flag, 'false'),
  DOCS_PUBLIC: variable(flag, 'false'),
  API_KEY_PEPPER: secret(atLeastBytes(32), null),
  API_KEY_PEPPER_PREVIOUS: secret(atLeastBytes(32), null),
  METRICS_TOKEN: secret(atLeastBytes(16), null),
  OIDC_ISSUER: variable(issuerUrl, null),
  OIDC_AUDIENCE: variable(text, null),
  OIDC_GROUPS_CLAIM: variable(text, 'groups'),
  OIDC_GROUPS_FILE: variable(text, null),
  RATE_LIMIT_KEY_PER_MINUTE: variable(integer(0, 10_000_000), '6000'),
  RATE_LIMIT_SERVICE_PER_MINUTE: variable(integer(0, 10_000_000), '60000'),
  RATE_LIMIT_FAILURES_PER_MINUTE: variable(integer(0, 10_000_000), '60'),
  EGRESS_ALLOW: variable(egressList, null),
  COMMAND_TARGETS: variable(commandTargets, 'disabled'),
  COMMAND_ISOLATION: variable(oneOf('auto', 'required', 'off'), 'auto'),
  COMMAND_RUNNER_SOCKET: variable(socketPath, null),
  SECRETS_KEYS: secret(secretsKeys, null),
  RETENTION_DAYS: variable(integer(1, 36_500), '30'),
  AUDIT_RETENTION_DAYS: variable(integer(30, 36_500), '400'),
  DATA_DIR: variable(text, '.data'),
};

export type VariableName = keyof typeof VARIABLES;
