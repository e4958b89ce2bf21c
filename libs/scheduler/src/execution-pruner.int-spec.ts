import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
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

  it('goes on behind a step that fails, and tells of it', async () => {
    const sql = (text: string) => worker.get(DataSource).query<unknown[]>(text);
    await sql(`INSERT INTO idempotency_keys (service, key, request_hash, state, expires_at)
               VALUES ('default', 'old', 'x', 'done', now() - interval '1 second')`);
    await sql('ALTER TABLE audit_events RENAME TO away');
    try {
      const pruning = worker.get(ExecutionPruner, { strict: false }).prune(new AbortController().signal);
      await expect(pruning).rejects.toThrow('audit_events');
    } finally {
      await sql('ALTER TABLE away RENAME TO audit_events');
    }
    expect(await sql('SELECT FROM idempotency_keys')).toEqual([]);
  });
});
