import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { withCurl } from '../support/curl.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { useRunningService } from './support/running-service.js';

const documentOf = (name: string) =>
  readFileSync(path.resolve(import.meta.dirname, '../../docs', name), 'utf8');
const RUNBOOK = documentOf('runbook.md');

/** What they look for is not there while all is well. */
const FINDS_NOTHING = /status="5/;

/** Each command line for curl, and each block of SQL. */
function commandsIn(language: 'sh' | 'sql'): string[] {
  const blocks = [...RUNBOOK.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))];
  const texts = blocks.map(([, text]) => text!.trim());
  if (language === 'sql') return texts;
  return texts.flatMap((text) => text.split('\n')).filter((line) => line.startsWith('curl '));
}

/** What keeps services apart in the database: policies, and rights to the tables. */
const WALLS = `
  SELECT c.relname, c.relrowsecurity, c.relacl::text, p.polname, pg_get_expr(p.polqual, p.polrelid) AS condition
  FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid ORDER BY c.relname, p.polname`;

const TAKE_DOWN = `
  DO $$ DECLARE walled regclass; BEGIN
    FOR walled IN SELECT polrelid FROM pg_policy WHERE polname = 'own_service' LOOP
      EXECUTE format('DROP POLICY own_service ON %s', walled);
      EXECUTE format('REVOKE ALL ON %s FROM scheduler_tenant', walled);
    END LOOP;
  END $$`;

const service = useRunningService();
let variables: Record<string, string>;

describe('the runbook on a live service', () => {
  beforeAll(async () => {
    const job = await service.createJob();
    const schedule = await service.createSchedule(job, { type: 'interval', intervalSeconds: 3_600 });
    await service.run(job);
    variables = {
      PATH: process.env.PATH ?? '',
      API: service.api.url,
      WORKER: service.workerUrl,
      METRICS: 'X-Nobody: asks',
      AUTH: 'X-Nobody: asks',
      JOB: job.id,
      SCHEDULE: schedule.id,
    };
  }, 60_000);

  withCurl.each([...new Set(commandsIn('sh'))])('finds what it says by %s', async (command) => {
    const answer = promisify(execFile)('sh', ['-c', command], { env: variables });
    if (FINDS_NOTHING.test(command)) return expect(answer).rejects.toMatchObject({ code: 1, stdout: '' });
    const { stdout } = await answer;
    expect(stdout).not.toBe('');
    expect(stdout).not.toContain('application/problem+json');
    expect(stdout).not.toContain('"code":"');
  });
});

describe('the runbook on the database', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it.each(commandsIn('sql'))('may ask %s', async (statement) => {
    const client = new Client(database.url);
    await client.connect();
    await expect(client.query(statement).finally(() => client.end())).resolves.toBeDefined();
  });

  it('has by hand, as docs/security.md says, the wall that migrations raise', async () => {
    const [, block = ''] = /^```sql\n(BEGIN;[^]*?)^COMMIT;/m.exec(documentOf('security.md')) ?? [];
    // This server has the role, and another login. What is not committed is gone with the connection.
    const byHand = block
      .replace(/^CREATE ROLE .*\n/m, '')
      .replace('TO scheduler WITH', 'TO CURRENT_USER WITH');
    const client = new Client(database.url);
    await client.connect();
    try {
      const { rows: raised } = await client.query<Record<string, unknown>>(WALLS);
      await client.query(TAKE_DOWN);
      await client.query(byHand);
      const { rows: raisedByHand } = await client.query<Record<string, unknown>>(WALLS);
      expect(raised.length).toBeGreaterThan(20);
      expect(raisedByHand).toEqual(raised);
    } finally {
      await client.end();
    }
  });
});
