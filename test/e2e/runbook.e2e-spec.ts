import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { withCurl } from '../support/curl.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { useRunningService } from './support/running-service.js';

const RUNBOOK = readFileSync(path.resolve(import.meta.dirname, '../../docs/runbook.md'), 'utf8');

/** What they look for is not there while all is well. */
const FINDS_NOTHING = /status="5|"pauseReason":"error/;

/** Each line of each block of one language, without those that set variables. */
function commandsIn(language: 'sh' | 'sql'): string[] {
  const blocks = [...RUNBOOK.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))];
  const texts = blocks.map(([, text]) => text!.trim());
  if (language === 'sql') return texts.flatMap((text) => text.split(/;\n?/)).filter(Boolean);
  return texts.flatMap((text) => text.split('\n')).filter((line) => line.startsWith('curl '));
}

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
});
