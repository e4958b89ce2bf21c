import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError, loadConfig } from './index.js';
import { VARIABLES } from './variables.js';

const exampleFile = readFileSync(new URL('../../../../.env.example', import.meta.url), 'utf8');
/** With every line taken that the file only shows. */
const exampleText = exampleFile.replaceAll(/^#(?=[A-Z_]+=)/gm, '');
const example = parseEnv(exampleText);

function faultsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('.env.example', () => {
  it('names the variables of the schema, in its order', () => {
    const names = [...exampleText.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
    expect(names).toEqual(Object.keys(VARIABLES));
  });

  it.each(Object.entries(VARIABLES))('%s shows its default', (name, { fallback }) => {
    expect(example[name]).toBe(fallback ?? '');
  });

  const ranges = [...exampleText.matchAll(/(\d+)(?: \([^)]*\))? to (\d+)[^\n]*\n([A-Z_]+)=/g)].map(
    ([, from, to, name]) => [String(name), Number(from), Number(to)] as const,
  );

  it('gives ranges', () => expect(ranges.length).toBeGreaterThanOrEqual(6));

  it.each(ranges)('%s goes from %d to %d, as it says', (name, from, to) => {
    const isTaken = (value: number) => faultsOf({ [name]: String(value) }).length === 0;
    expect([from - 1, from, to, to + 1].map(isTaken)).toEqual([false, true, true, false]);
  });

  it('configures the same as an empty environment', () => {
    expect(loadConfig(example)).toEqual(loadConfig({}));
  });

  it('sets nothing as it is, so that a copy leaves the choices of npm start and compose alone', () => {
    expect(parseEnv(exampleFile)).toEqual({});
  });
});

describe('defaults', () => {
  it('fit a developer machine', () => {
    expect(loadConfig({})).toMatchObject({
      isProduction: false,
      queueBackend: 'redis',
      queueDatabaseUrl: 'postgresql://postgres:postgres@localhost:5432/scheduler_queue',
      redis: { host: 'localhost', port: 6379, tls: false, password: null },
      logFormat: 'text',
      authMode: 'none',
      host: '127.0.0.1',
      drainTimeoutMs: 25_000,
      egressAllow: [],
      commandTargets: 'disabled',
      commandRunnerSocket: null,
    });
  });

  it('are stricter in production', () => {
    expect(loadConfig({ NODE_ENV: 'production' })).toMatchObject({ logFormat: 'json', authMode: 'api-key' });
  });

  it('stand in for empty variables', () => {
    expect(loadConfig({ PORT: '', LOG_LEVEL: ' ', DATABASE_URL: '' })).toEqual(loadConfig({}));
  });

  it('keep the query of DATABASE_URL for the queue', () => {
    const { queueDatabaseUrl } = loadConfig({
      DATABASE_URL: 'postgres://u:p%40@db:5433/jobs?sslmode=require',
    });
    expect(queueDatabaseUrl).toBe('postgres://u:p%40@db:5433/jobs_queue?sslmode=require');
  });
});

describe('values', () => {
  it.each<[NodeJS.ProcessEnv, object]>([
    [{ LOG_LEVEL: 'debug' }, { logLevel: 'DEBUG' }],
    [{ METRICS_ENABLED: 'FALSE' }, { metricsEnabled: false }],
    [{ IF_MATCH_REQUIRED: 'true' }, { ifMatchRequired: true }],
    [{ PORT: ' 8080 ' }, { port: 8080 }],
    [{ HOST: '[::1]' }, { host: '::1', workerHost: '::1' }],
    [
      { HOST: '0.0.0.0', AUTH_ALLOW_NONE: 'true' },
      { host: '0.0.0.0', authMode: 'none' },
    ],
    [{ HOST: '0.0.0.0', AUTH_MODE: 'api-key' }, { authMode: 'api-key' }],
    [{ HOST: '127.8.8.8' }, { authMode: 'none' }],
    [{ EGRESS_ALLOW: '127.0.0.1, 10.0.0.0/8,,' }, { egressAllow: ['127.0.0.1', '10.0.0.0/8'] }],
    [{ COMMAND_RUNNER_SOCKET: '/run/x.sock' }, { commandRunnerSocket: '/run/x.sock' }],
    [{ COMMAND_TARGETS: './commands.json' }, { commandTargets: { allowListFile: './commands.json' } }],
    [{ TRUST_PROXY: '2' }, { trustProxy: 2 }],
    [
      { TRUST_PROXY: 'loopback, 10.0.0.1, 10.0.0.0/8, 10.0.0.1/32, fd00::1, fd00::/8, fd00::1/128' },
      {
        trustProxy: [
          'loopback',
          '10.0.0.1',
          '10.0.0.0/8',
          '10.0.0.1/32',
          'fd00::1',
          'fd00::/8',
          'fd00::1/128',
        ],
      },
    ],
    [{ TYPO_IN_NAME: '1' }, {}],
  ])('%j', (env, expected) => {
    expect(loadConfig(env)).toMatchObject(expected);
  });

  it('takes Redis apart from REDIS_URL, which wins', () => {
    const { redis } = loadConfig({ REDIS_URL: 'rediss://u:p%40ss@cache:6380/2', REDIS_HOST: 'other' });
    expect(redis).toEqual({
      host: 'cache',
      port: 6380,
      username: 'u',
      password: 'p@ss',
      tls: true,
      db: 2,
      cluster: false,
    });
  });
});

describe('faults', () => {
  it.each<[NodeJS.ProcessEnv, RegExp]>([
    [{ PORT: '65536' }, /^PORT: "65536" is not allowed; allowed: a whole number from 0 to 65535$/],
    [{ PORT: '1e3' }, /^PORT: /],
    [{ PORT: '-1' }, /^PORT: /],
    [{ WORKER_CONCURRENCY: '0' }, /^WORKER_CONCURRENCY: "0".* from 1 to/],
    [{ LOG_LEVEL: 'verbose' }, /^LOG_LEVEL: .*TRACE, DEBUG, INFO, WARN, ERROR/],
    [{ METRICS_ENABLED: 'yes' }, /^METRICS_ENABLED: .*true, false/],
    [{ DATABASE_URL: 'mysql://localhost/x' }, /^DATABASE_URL: .*postgresql:/],
    [{ DATABASE_URL: 'postgresql://localhost:5432' }, /^DATABASE_URL: /],
    [{ REDIS_URL: 'http://localhost' }, /^REDIS_URL: .*rediss:/],
    [{ REDIS_URL: 'redis://:%zz@localhost' }, /^REDIS_URL: /],
    [{ REDIS_CLUSTER: 'true', REDIS_DB: '3' }, /^REDIS_DB: 3 does not exist in a cluster/],
    [{ HOST: 'http://localhost' }, /^HOST: .*without scheme/],
    [{ HOST: '0.0.0.0' }, /^AUTH_MODE: none would open the api/],
    [{ NODE_ENV: 'production', HOST: '0.0.0.0', AUTH_MODE: 'none' }, /^AUTH_MODE: /],
    [{ EGRESS_ALLOW: 'http://127.0.0.1' }, /^EGRESS_ALLOW: /],
    [{ EGRESS_ALLOW: ';;;' }, /^EGRESS_ALLOW: /],
    [{ DATABASE_URL: 'postgresql://app:a%zz@db/app' }, /^DATABASE_URL: /],
    [{ REDIS_HOST: 'redis://:hunter2@redis' }, /^REDIS_HOST: "\[redacted\]@redis" is not allowed/],
    [{ EGRESS_ALLOW: '127.0.0.1;10.0.0.0/8' }, /^EGRESS_ALLOW: /],
    [{ COMMAND_RUNNER_SOCKET: 'runner.sock' }, /^COMMAND_RUNNER_SOCKET: .*an absolute path/],
    [{ TRUST_PROXY: '10.0.0.0/64' }, /^TRUST_PROXY: .*addresses or CIDRs/],
    [{ TRUST_PROXY: '10.0.0.0/33' }, /^TRUST_PROXY: /],
    [{ TRUST_PROXY: '10.0.0.0/0' }, /^TRUST_PROXY: /],
    [{ TRUST_PROXY: '10.0.0.0/8/8' }, /^TRUST_PROXY: /],
    [{ TRUST_PROXY: 'fd00::/129' }, /^TRUST_PROXY: /],
    [{ TRUST_PROXY: 'proxy.example' }, /^TRUST_PROXY: /],
    [{ COMMAND_TARGETS: 'enable' }, /^COMMAND_TARGETS: .*disabled, enabled, or the path/],
  ])('%j', (env, fault) => {
    expect(faultsOf(env)).toEqual([expect.stringMatching(fault)]);
  });

  it('are all named at once, each on its line', () => {
    const env = { PORT: 'x', LOG_FORMAT: 'xml', RETENTION_DAYS: '0' };
    expect(faultsOf(env)).toHaveLength(3);
    expect(() => loadConfig(env)).toThrow(/\n {2}LOG_FORMAT: .*\n {2}PORT: .*\n {2}RETENTION_DAYS: /);
  });

  it('do not follow from other faults', () => {
    expect(faultsOf({ HOST: '0.0.0.0', AUTH_MODE: 'nope' })).toEqual([
      expect.stringMatching(/^AUTH_MODE: "nope"/),
    ]);
  });

  it('never show a secret', () => {
    const env = { DATABASE_URL: 'mysql://u:hunter2@h/d', REDIS_URL: 'x:hunter2' };
    expect(faultsOf(env).join()).not.toContain('hunter2');
  });
});
