import { describe, expect, it } from '@jest/globals';
import { banner } from './banner.js';
import { readSettings } from './settings.js';

const env = { AUTH_MODE: 'none', WORKER_PORT: '3001', QUEUE_BACKEND: 'postgres' };

describe('the banner', () => {
  it('names every URL that one may want to open', () => {
    const text = banner(readSettings({}), env, 1_840);

    expect(text).toContain('Ready after 1.8 s');
    for (const url of ['/docs', '/health/ready', '/metrics'])
      expect(text).toContain(`http://127.0.0.1:3000${url}`);
    expect(text).toContain('http://127.0.0.1:3001/metrics');
  });

  it('says which database is used, but not its password', () => {
    const settings = readSettings({ DATABASE_URL: 'postgresql://me:secret@db.example/scheduler' });

    const text = banner(settings, env, 0);

    expect(text).toContain('PostgreSQL on db.example, database scheduler');
    expect(text).not.toContain('secret');
  });

  describe('beside the pages', () => {
    const lineOf = (name: string, more: Record<string, string>): string =>
      banner(readSettings({}), { ...env, ...more }, 0)
        .split('\n')
        .find((line) => line.includes(name)) ?? '';

    it('says nothing where a browser just opens them', () => {
      expect(lineOf('Docs', {})).toMatch(/\/docs$/);
      expect(lineOf('Metrics', {})).not.toMatch(/needs|closed/);
      expect(lineOf('Docs', { AUTH_MODE: 'api-key', DOCS_PUBLIC: 'true' })).toMatch(/\/docs$/);
    });

    it('says what they need where a browser is refused', () => {
      expect(lineOf('Docs', { AUTH_MODE: 'api-key' })).toContain('needs a key; DOCS_PUBLIC=true opens it');
      expect(lineOf('Metrics', { AUTH_MODE: 'api-key' })).toMatch(
        /3000\/metrics \(closed until METRICS_TOKEN is set\), \S+3001\/metrics \(worker\)/,
      );
      expect(lineOf('Metrics', { METRICS_TOKEN: 'the token of Prometheus' })).toMatch(
        /3000\/metrics \(needs METRICS_TOKEN\), \S+3001\/metrics \(worker, needs METRICS_TOKEN\)/,
      );
    });
  });

  it('says how to make a key where one is needed, and how to present it', () => {
    expect(banner(readSettings({}), env, 0)).not.toMatch(/key:create|authorization/);
    const text = banner(readSettings({}), { ...env, AUTH_MODE: 'api-key' }, 0);
    expect(text).toMatch(/key:create -- --service default --role admin[^]*authorization: Bearer \$KEY/);
  });
});
