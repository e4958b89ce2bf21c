import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { scheduledForOf, StorageRepository } from '@app/executions';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { startFirer } from '../../../test/support/worker-under-test.js';
import { StorageCounter } from './storage-counter.js';

/** More than one batch. */
const EXECUTIONS = 2_500;
const OUTPUT_BYTES = 300;
const LOG_LINES = 4;
const GOES_ON = new AbortController().signal;

describe('what a service stores', () => {
  let database: TestDatabase;
  let app: INestApplicationContext;
  let storage: StorageRepository;

  beforeAll(async () => {
    database = await createTestDatabase();
    app = await startFirer(database);
    storage = app.get(StorageRepository, { strict: false });
    await query(`
      INSERT INTO services (slug, name, max_stored_bytes) VALUES ('a', 'a', 1000), ('b', 'b', 10000000000), ('free', 'f', NULL)`);
    for (const service of ['a', 'b', 'free']) await seed(service, service === 'a' ? EXECUTIONS : 10);
  }, 60_000);

  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const query = <Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> =>
    app.get(DataSource).query<Row[]>(sql, parameters);
  const begun = async () => (await storage.beginCount())?.service ?? null;
  const stored = () =>
    query<{ service: string; bytes: string | null }>('SELECT service, bytes FROM service_storage ORDER BY 1');

  /** Digits that do not compress, so that what is stored is as long as what was written. */
  async function seed(service: string, count: number): Promise<void> {
    const ids = Array.from({ length: count }, () => uuidv7({ msecs: Date.now() - 3_600_000 }));
    await query(
      `INSERT INTO executions (id, scheduled_for, service, job_id, job_version, trigger, state, due_at, max_attempts, finished_at, result)
       SELECT m.id, m.at, $3, gen_random_uuid(), 1, 'manual', 'succeeded', now(), 1, now(), jsonb_build_object('output', $4::text)
       FROM unnest($1::uuid[], $2::timestamptz[]) AS m(id, at)`,
      [ids, ids.map(scheduledForOf), service, 'x'.repeat(OUTPUT_BYTES)],
    );
    await query(
      `INSERT INTO execution_logs
       SELECT id, scheduled_for, seq, 1, 'stdout', now(), repeat('y', ${OUTPUT_BYTES})
       FROM executions, generate_series(1, ${LOG_LINES}) AS seq WHERE service = $1`,
      [service],
    );
  }

  it('is counted batch by batch, by one worker, and only where there is a limit', async () => {
    await Promise.all([1, 2, 3].map(() => new StorageCounter(storage).countDue(GOES_ON)));
    const [a, b, ...others] = await stored();
    expect(others).toEqual([]);
    const each = Number(a!.bytes) / EXECUTIONS;
    expect(Number(b!.bytes) / 10).toBeCloseTo(each, -2);
    expect(each).toBeGreaterThan((1 + LOG_LINES) * OUTPUT_BYTES);
    expect(each).toBeLessThan(2 * ((1 + LOG_LINES) * OUTPUT_BYTES) + 1_200);
  });

  it('is full beyond its limit, whatever is asked about besides', async () => {
    expect(await storage.full(['a', 'b', 'free', 'nobody'])).toEqual(new Set(['a']));
    await query(`UPDATE services SET max_stored_bytes = 1000000000 WHERE slug = 'a'`);
    expect(await storage.full(['a', 'b'])).toEqual(new Set());
  });

  it('is counted again after a while, and after a count that was never ended', async () => {
    expect(await begun()).toBeNull();
    await query(`UPDATE service_storage SET began_at = began_at - interval '6 minutes',
                        counted_at = counted_at - interval '6 minutes' WHERE service = 'b'`);
    expect(await begun()).toBe('b');
    expect(await begun()).toBeNull();
    await query(`UPDATE service_storage SET began_at = now() - interval '2 hours' WHERE service = 'b'`);
    expect(await begun()).toBeNull();
    await query(`UPDATE service_storage SET counted_at = now() - interval '3 hours' WHERE service = 'b'`);
    expect(await begun()).toBe('b');
    await storage.endCount('b', 7);
    expect((await stored()).find(({ service }) => service === 'b')?.bytes).toBe('7');
  });

  it('is counted in parts that no log makes long, however much a run has logged', async () => {
    const lines = 120_000;
    await query(`INSERT INTO services (slug, name, max_stored_bytes) VALUES ('loud', 'l', 1000)`);
    const id = uuidv7({ msecs: Date.now() - 3_600_000 });
    await query(
      `INSERT INTO executions (id, scheduled_for, service, job_id, job_version, trigger, state, due_at, max_attempts, finished_at)
       VALUES ($1, $2, 'loud', gen_random_uuid(), 1, 'manual', 'succeeded', now(), 1, now())`,
      [id, scheduledForOf(id)],
    );
    // As runs number them: each attempt's lines begin at a million of their own.
    await query(
      `INSERT INTO execution_logs
       SELECT $1, $2, attempt * 1000000 + line, attempt, 'stdout', now(), 'y'
       FROM generate_series(1, 2) AS attempt, generate_series(1, ${lines / 2}) AS line`,
      [id, scheduledForOf(id)],
    );
    const parts: number[] = [];
    for await (const bytes of storage.partsOf('loud')) parts.push(bytes);
    const ofALine = 150 + 2;
    const all = parts.reduce((sum, bytes) => sum + bytes, 0);
    expect(all - lines * ofALine).toBeGreaterThan(1_200);
    expect(all - lines * ofALine).toBeLessThan(1_500);
    expect(Math.max(...parts)).toBeLessThanOrEqual(50_000 * ofALine);
  });

  it('is counted by the next worker at once where the one that began its first count stops', async () => {
    const before = await stored();
    await countUntilStopped();
    expect(await stored()).toEqual(before);
    await new StorageCounter(storage).countDue(GOES_ON);
    expect((await stored()).map(({ service }) => service)).toEqual(['a', 'b', 'loud']);
    expect(await begun()).toBeNull();
  });

  it('is what it was until then where it had been counted before', async () => {
    await query(`UPDATE service_storage SET began_at = began_at - interval '6 minutes',
                        counted_at = counted_at - interval '6 minutes' WHERE service = 'b'`);
    await countUntilStopped();
    expect((await stored()).find(({ service }) => service === 'b')?.bytes).toBe('7');
    await new StorageCounter(storage).countDue(GOES_ON);
    expect(Number((await stored()).find(({ service }) => service === 'b')?.bytes)).toBeGreaterThan(10_000);
    expect(await begun()).toBeNull();
  });

  /** A worker that begins the next count and is told to stop in the midst of it. */
  async function countUntilStopped(): Promise<void> {
    const stopping = new AbortController();
    const counting = new StorageCounter(storage).countDue(stopping.signal);
    stopping.abort();
    await counting;
  }

  it('waits a hundred times as long as the count took', async () => {
    await query(`UPDATE service_storage SET began_at = now() - interval '70 minutes',
                        counted_at = now() - interval '69 minutes' WHERE service = 'a'`);
    expect(await begun()).toBeNull();
    await query(`UPDATE service_storage SET began_at = now() - interval '101 minutes',
                        counted_at = now() - interval '100 minutes' WHERE service = 'a'`);
    expect(await begun()).toBe('a');
  });
});
