import path from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What `npm start` itself decides on; everything else in the environment is for the apps to read and to check. */
export interface StandaloneSettings {
  readonly dataDir: string;
  readonly host: string;
  /** NaN for what is no number: the apps refuse it, together with all else that is wrong. */
  readonly port: number;
  /** Only when asked for; otherwise the first free one after `port`. */
  readonly workerPort: number | undefined;
  /** A server to use instead of the embedded one. */
  readonly databaseUrl: string | undefined;
}

/** An empty variable counts as unset, as it does for the apps. */
export function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
}

export function readSettings(env: Environment): StandaloneSettings {
  return {
    dataDir: path.resolve(env.DATA_DIR ?? '.data'),
    host: env.HOST ?? '127.0.0.1',
    port: Number(env.PORT ?? 3000),
    workerPort: env.WORKER_PORT === undefined ? undefined : Number(env.WORKER_PORT),
    databaseUrl: env.DATABASE_URL,
  };
}

/**
 * The environment of api and worker: the operator's own over defaults that make a laptop comfortable and would be wrong
 * in production. Access control is off on loopback only; on another address the app's own default applies.
 */
export function appEnvironment(
  env: Environment,
  settings: StandaloneSettings,
  resolved: {
    readonly databaseUrl: string;
    readonly workerPort: number;
    readonly secretsKeys: string | undefined;
  },
): Environment {
  return {
    QUEUE_BACKEND: env.REDIS_HOST || env.REDIS_URL ? 'redis' : 'postgres',
    ...(isLoopback(settings.host) && { AUTH_MODE: 'none' }),
    EGRESS_ALLOW: '127.0.0.0/8,::1/128,localhost',
    COMMAND_TARGETS: 'enabled',
    LOG_FORMAT: 'text',
    SECRETS_KEYS: resolved.secretsKeys,
    PORT: String(settings.port),
    WORKER_PORT: String(resolved.workerPort),
    ...env,
    DATABASE_URL: resolved.databaseUrl,
    HOST: settings.host,
  };
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** The URL under which this machine reaches what listens on `host`; "all addresses" is none to connect to. */
export function localUrl(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
