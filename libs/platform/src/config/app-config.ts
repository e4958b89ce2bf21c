export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
export type LogFormat = 'json' | 'text';
export type QueueBackend = 'redis' | 'postgres';
export type AuthMode = 'none' | 'api-key' | 'oidc';

/** Which commands a `command` target may run: none, any, or those named in a file that the targets library reads. */
export type CommandTargets = 'disabled' | 'enabled' | { readonly allowListFile: string };

/** Whether commands run in PID namespaces: where they can be had, always (no start without them), or never. */
export type IsolationWanted = 'auto' | 'required' | 'off';

/** Where spans go, and how many of the traces that begin here. */
export interface TracingConfig {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly sampledRatio: number;
}

export interface RedisConfig {
  readonly host: string;
  readonly port: number;
  readonly username: string | null;
  readonly password: string | null;
  readonly tls: boolean;
  readonly db: number;
  readonly cluster: boolean;
}

export interface OidcConfig {
  readonly issuer: string | null;
  readonly audience: string | null;
  /** The claim that holds a person's groups. */
  readonly groupsClaim: string;
  /** Says which role in which service a group gives; the access library reads it. */
  readonly groupsFile: string | null;
}

export interface RateLimitConfig {
  readonly keyPerMinute: number;
  readonly servicePerMinute: number;
  /** Refused credentials, for each address. */
  readonly failuresPerMinute: number;
}

/**
 * What an operator decided, read once at start and checked: the only form in which the environment reaches the rest
 * of the code. An abstract class so that one name is both the type and the injection token.
 */
export abstract class AppConfig {
  abstract readonly isProduction: boolean;
  abstract readonly service: { readonly name: string; readonly version: string };

  abstract readonly databaseUrl: string;
  /** Connections this process may hold to `databaseUrl`. */
  abstract readonly databasePoolSize: number;

  abstract readonly queueBackend: QueueBackend;
  /** Used with the `postgres` backend only: a database of its own, because NOTIFY serialises commits database-wide. */
  abstract readonly queueDatabaseUrl: string;
  abstract readonly redis: RedisConfig;

  abstract readonly logLevel: LogLevel;
  abstract readonly logFormat: LogFormat;
  /** null: no traces. */
  abstract readonly tracing: TracingConfig | null;
  abstract readonly metricsEnabled: boolean;
  /** How many jobs each worker keeps gauges of; 0 keeps none. */
  abstract readonly metricsPerJob: number;

  abstract readonly host: string;
  abstract readonly port: number;
  abstract readonly workerHost: string;
  abstract readonly workerPort: number;
  /** Whether a change must say which version it was made for. */
  abstract readonly ifMatchRequired: boolean;
  /** Executions that one worker process runs at the same time. */
  abstract readonly workerConcurrency: number;
  /** Failures in a row after which a worker does not call a host for a while; 0 = it always does. */
  abstract readonly circuitFailures: number;
  /** How long an api answers on after SIGTERM, while `/health/ready` sends callers elsewhere. */
  abstract readonly drainDelayMs: number;
  /** How long runs in flight may go on after SIGTERM before they are released to another worker. */
  abstract readonly drainTimeoutMs: number;

  abstract readonly authMode: AuthMode;
  abstract readonly authAllowNone: boolean;
  /** Whether `/docs` and `/openapi.json` are for everybody: a browser cannot present a credential for a page. */
  abstract readonly docsPublic: boolean;
  /** Keys the hashes of API keys' secrets; null where there are none. */
  abstract readonly apiKeyPepper: string | null;
  /** Taken too while the pepper is changed: nothing new is hashed under it. */
  abstract readonly apiKeyPepperPrevious: string | null;
  /** What Prometheus presents at `/metrics`. */
  abstract readonly metricsToken: string | null;
  /** The provider whose tokens are taken with `authMode` oidc. */
  abstract readonly oidc: OidcConfig;
  /** Requests a minute; 0 is no limit. */
  abstract readonly rateLimits: RateLimitConfig;
  /** How many proxies stand before the api, or at which addresses: what they say about a caller's address is believed. */
  abstract readonly trustProxy: number | readonly string[];
  /** Hosts, CIDRs and ports that HTTP targets may reach beyond public addresses. */
  abstract readonly egressAllow: readonly string[];
  abstract readonly commandTargets: CommandTargets;
  abstract readonly commandIsolation: IsolationWanted;
  /** Where the command runner listens that a worker hands its commands to; null: it runs them itself. */
  abstract readonly commandRunnerSocket: string | null;
  /** 32 bytes each: the first encrypts, all decrypt. Empty where secrets cannot be kept. */
  abstract readonly secretsKeys: readonly { readonly id: string; readonly key: Uint8Array }[];

  abstract readonly retentionDays: number;
  /** How long it stays known who changed what. */
  abstract readonly auditRetentionDays: number;
  abstract readonly dataDir: string;
}
