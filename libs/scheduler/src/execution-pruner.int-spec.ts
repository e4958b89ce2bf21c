import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { JobsService } from '@app/jobs';
import { aCall } from '../../../test/support/a-job.js';
import { seedWaiting } from '../../../test/support/seed-waiting.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { startWorker } from '../../../test/support/worker-under-test.js';
import { ExecutionPruner } from './execution-pruner.js';

describe('pruning', () => {
  let database: TestDatabase;
  let worker: INestApplicationContext;

  beforeAll(async () => {
    database = await createTestDatabase();
    worker = await startWorker(database, 'postgres');
  }, 60_000);
  afterAll(async () => {
    await worker.close();
    await database.drop();
  });

  const sql = (text: string) => worker.get(DataSource).query<unknown[]>(text);
  const prune = () => worker.get(ExecutionPruner, { strict: false }).prune(new AbortController().signal);

  it('goes on behind a step that fails, and tells of it', async () => {
    await sql(`INSERT INTO idempotency_keys (service, key, request_hash, state, expires_at)
               VALUES ('default', 'old', 'x', 'done', now() - interval '1 second')`);
    await sql('ALTER TABLE audit_events RENAME TO away');
    try {
      await expect(prune()).rejects.toThrow('audit_events');
    } finally {
      await sql('ALTER TABLE away RENAME TO audit_events');
    }
    expect(await sql('SELECT FROM idempotency_keys')).toEqual([]);
  });

  it('forgets deleted jobs and revoked keys once their time is over and no history refers to them', async () => {
    const jobs = worker.get(JobsService, { strict: false });
    const [kept, withHistory, recent, old] = await Promise.all(
      Array.from({ length: 4 }, async () => (await jobs.create('default', aCall())).id),
    );
    await seedWaiting(worker.get(DataSource), withHistory!, 1);
    for (const id of [withHistory!, recent!, old!]) await jobs.delete('default', id, null);
    await sql(
      `UPDATE jobs SET deleted_at = deleted_at - interval '40 days' WHERE id IN ('${withHistory}', '${old}')`,
    );
    await sql(`INSERT INTO api_keys (id, service, name, scopes, secret_hash, created_by, revoked_at)
               SELECT gen_random_uuid(), 'default', days, '{jobs:read}', sha256('x'), 'ann', now() - days * interval '1 day'
               FROM generate_series(10, 50, 10) days`);

    await prune();

    const left = (await sql('SELECT id FROM jobs')) as { id: string }[];
    expect(left.map(({ id }) => id).sort()).toEqual([kept, withHistory, recent].sort());
    expect(await sql('SELECT name FROM api_keys ORDER BY name')).toEqual([{ name: '10' }, { name: '20' }]);
  });
});
