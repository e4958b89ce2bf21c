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

  it('says how to make a key where one is needed, and how to present it', () => {
    expect(banner(readSettings({}), env, 0)).not.toMatch(/key:create|authorization/);
    const text = banner(readSettings({}), { ...env, AUTH_MODE: 'api-key' }, 0);
    expect(text).toMatch(/key:create -- --service default --role admin[^]*authorization: Bearer \$KEY/);
  });
});
