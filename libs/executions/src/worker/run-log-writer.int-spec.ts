import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aJob } from '../../../../test/support/a-job.js';
import type { Claim } from '../domain/claim.js';
import { scheduledForOf } from '../domain/execution-id.js';
import { insertExecution } from '../http/testing/an-execution.js';
import { type ExecutionsApp, startExecutionsApp } from '../http/testing/executions-app.js';
import { RunLogWriter } from './run-log-writer.js';

let app: ExecutionsApp;
let executionId: string;

beforeAll(async () => {
  app = await startExecutionsApp('api');
  const jobId = (await app.jobs.create('default', aJob())).id;
  executionId = await insertExecution(app.database, { jobId, state: 'pending' });
});
afterAll(() => app?.close());

describe('a log that is larger than a statement may be', () => {
  it('is stored whole and in order, in several', async () => {
    const statements: number[] = [];
    const append = async (lines: Parameters<typeof app.logs.append>[0]) => {
      statements.push(lines.length);
      await app.logs.append(lines);
    };
    const clock = { now: () => new Date(), monotonicMs: () => 0 };
    const writer = new RunLogWriter({ append } as typeof app.logs, clock);
    const claim = { id: executionId, scheduledFor: scheduledForOf(executionId), attempt: 1 } as Claim;
    const log = writer.open(claim, false);
    const texts = Array.from({ length: 30 }, (_, index) => `${index} ${'"\\,{}NULL\n'.repeat(1_000)}`);
    for (const text of texts) log.write('stdout', text);
    for (let line = 0; line < 6_000; line += 1) log.write('stderr', 'x');
    await writer.close(log);

    const stored = await app.logs.readAfter('default', executionId, -1, 10_000);
    expect(stored.slice(0, 30).map(({ text }) => text)).toEqual(texts);
    expect(stored).toHaveLength(6_030);
    expect(statements.length).toBeGreaterThan(1);
  });
});
