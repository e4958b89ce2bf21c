import { describe, expect, it } from '@jest/globals';
import { appEnvironment, localUrl, readSettings, withoutEmpty } from './settings.js';

const resolved = {
  databaseUrl: 'postgresql://embedded/scheduler',
  workerPort: 3001,
  secretsKeys: 'local:key',
};

function environmentFor(env: Record<string, string>) {
  return appEnvironment(env, readSettings(env), resolved);
}

describe('the environment of the apps', () => {
  it('makes a laptop comfortable', () => {
    expect(environmentFor({})).toMatchObject({
      DATABASE_URL: resolved.databaseUrl,
      QUEUE_BACKEND: 'postgres',
      AUTH_MODE: 'none',
      EGRESS_ALLOW: '127.0.0.0/8,::1/128,localhost',
      COMMAND_TARGETS: 'enabled',
      LOG_FORMAT: 'text',
      SECRETS_KEYS: 'local:key',
      PORT: '3000',
      WORKER_PORT: '3001',
    });
  });

  it.each<Record<string, string>>([{ REDIS_HOST: 'redis' }, { REDIS_URL: 'redis://redis:6379' }])(
    'uses Redis when %j names one',
    (env) => {
      expect(environmentFor(env).QUEUE_BACKEND).toBe('redis');
    },
  );

  it.each(['0.0.0.0', '::', '192.168.1.5', 'scheduler.example'])('does not open an api on %s', (HOST) => {
    expect(environmentFor({ HOST })).not.toHaveProperty('AUTH_MODE');
  });

  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('needs no key on %s', (HOST) => {
    expect(environmentFor({ HOST }).AUTH_MODE).toBe('none');
  });

  it('leaves to the operator what the operator decided', () => {
    const decided = {
      QUEUE_BACKEND: 'redis',
      AUTH_MODE: 'api-key',
      EGRESS_ALLOW: '10.0.0.0/8',
      COMMAND_TARGETS: 'disabled',
      LOG_FORMAT: 'json',
      NODE_ENV: 'production',
    };
    expect(environmentFor(decided)).toMatchObject(decided);
  });

  it('takes an empty variable for an unset one, as the apps do', () => {
    expect(withoutEmpty({ LOG_FORMAT: '', DATABASE_URL: ' ', PORT: '3005' })).toEqual({ PORT: '3005' });
  });
});

describe('localUrl', () => {
  it.each([
    ['127.0.0.1', 'http://127.0.0.1:3000'],
    ['0.0.0.0', 'http://127.0.0.1:3000'],
    ['::', 'http://[::1]:3000'],
    ['localhost', 'http://localhost:3000'],
  ])('reaches what listens on %s at %s', (host, url) => {
    expect(localUrl(host, 3000)).toBe(url);
  });
});
