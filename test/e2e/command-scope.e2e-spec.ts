import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { ApiProcess } from './support/tenancy/api-process.js';
import { type Asked, ServiceClient } from './support/tenancy/service-client.js';

const HTTP = { type: 'http', url: 'https://example.org/' };
const COMMAND = { type: 'command', command: 'true' };
const YEARLY = { type: 'cron', cronExpression: '0 0 1 1 *' };
const START_TIMEOUT_MS = 150_000;

jest.setTimeout(60_000);

interface Things {
  readonly jobId: string;
  readonly scheduleId: string;
  readonly failedId: string;
  readonly waitingId: string;
}

let api: ApiProcess;
/** Every scope of a service's own, but that for commands; and the one who has that too. */
let editor: ServiceClient;
let operator: ServiceClient;
let of: Record<'http' | 'command', Things>;

beforeAll(async () => {
  api = await ApiProcess.start();
  editor = new ServiceClient(api.url, await api.createKey('a'));
  operator = new ServiceClient(api.url, await api.createKey('a', '--scopes', 'commands:run'));
  of = { http: await furnish('calls', HTTP), command: await furnish('commands', COMMAND) };
}, START_TIMEOUT_MS);
afterAll(() => api?.stop());

async function furnish(name: string, target: object): Promise<Things> {
  const made = (path: string, body: object) => operator.done<{ id: string }>('POST', path, body);
  const { id: jobId } = await made('/jobs', { name, target });
  const { id: scheduleId } = await made(`/jobs/${jobId}/schedules`, YEARLY);
  const { id: failedId } = await made(`/jobs/${jobId}/execute`, {});
  const { id: waitingId } = await made(`/jobs/${jobId}/execute`, {});
  await made(`/executions/${failedId}/cancel`, {});
  return { jobId, scheduleId, failedId, waitingId };
}

type AskedOf = (things: Things) => Asked;
const ask =
  (method: string, pathOf: (things: Things) => string, body?: object): AskedOf =>
  (things) => ({ method, path: pathOf(things), body });
const retryOf: AskedOf = ({ jobId }) => ({
  method: 'POST',
  path: '/bulk-operations',
  body: { action: 'retry', filter: { jobId } },
});

/** All by which something runs, or runs at other times or as something else. */
const RUNS: readonly (readonly [what: string, asked: AskedOf])[] = [
  ['execute it', ask('POST', ({ jobId }) => `/jobs/${jobId}/execute`, {})],
  ['give it a schedule', ask('POST', ({ jobId }) => `/jobs/${jobId}/schedules`, YEARLY)],
  ['replace a schedule of it', ask('PUT', ({ scheduleId }) => `/schedules/${scheduleId}`, YEARLY)],
  ['change a schedule of it', ask('PATCH', ({ scheduleId }) => `/schedules/${scheduleId}`, { maxRuns: 9 })],
  ['resume a schedule of it', ask('POST', ({ scheduleId }) => `/schedules/${scheduleId}/resume`, {})],
  ['activate it', ask('POST', ({ jobId }) => `/jobs/${jobId}/activate`)],
  ['change its parameters', ask('PATCH', ({ jobId }) => `/jobs/${jobId}`, { parameters: { a: 1 } })],
  ['repeat a run of it', ask('POST', ({ failedId }) => `/executions/${failedId}/retry`)],
  ['repeat all runs of it', retryOf],
];

/** All by which something stops, and what only looks. */
const STOPS: readonly (readonly [what: string, asked: AskedOf])[] = [
  ['read it', ask('GET', ({ jobId }) => `/jobs/${jobId}`)],
  ['preview its schedule', ask('GET', ({ scheduleId }) => `/schedules/${scheduleId}/preview`)],
  ['pause its schedule', ask('POST', ({ scheduleId }) => `/schedules/${scheduleId}/pause`, {})],
  [
    'see what resuming would run',
    ask('POST', ({ scheduleId }) => `/schedules/${scheduleId}/resume`, { dryRun: true }),
  ],
  ['deactivate it', ask('POST', ({ jobId }) => `/jobs/${jobId}/deactivate`)],
  ['cancel a run of it', ask('POST', ({ waitingId }) => `/executions/${waitingId}/cancel`, {})],
  [
    'cancel all runs of it',
    ({ jobId }) => ({
      method: 'POST',
      path: '/bulk-operations',
      body: { action: 'cancel', filter: { jobId } },
    }),
  ],
  ['delete its schedule', ask('DELETE', ({ scheduleId }) => `/schedules/${scheduleId}`)],
  ['delete it', ask('DELETE', ({ jobId }) => `/jobs/${jobId}`)],
];

describe('who has every scope but commands:run', () => {
  it.each(RUNS)('cannot %s, when it is a command', async (_what, askedOf) => {
    const { status, text } = await editor.ask(askedOf(of.command));
    expect({ status, ...(JSON.parse(text) as object) }).toMatchObject({ status: 403, code: 'scope_missing' });
    expect(text).toContain('commands:run');
  });

  it('cannot retry all that failed while a command is among it, and can retry the rest', async () => {
    const all = {
      method: 'POST',
      path: '/bulk-operations',
      body: { action: 'retry', filter: { state: ['cancelled'] } },
    };
    expect((await editor.ask(all)).status).toBe(403);
    expect((await editor.ask(retryOf(of.http))).status).toBe(202);
    expect(await mayRunCommands()).toEqual([false]);
    expect((await operator.ask(all)).status).toBe(202);
    expect(await mayRunCommands()).toEqual([false, true]);
  });

  it.each(RUNS)('can %s, when it is a call', async (_what, askedOf) => {
    expect((await editor.ask(askedOf(of.http))).status).toBeLessThan(300);
  });

  it.each(STOPS)('can %s, also when it is a command', async (_what, askedOf) => {
    expect((await editor.ask(askedOf(of.command))).status).toBeLessThan(300);
  });
});

describe('who has commands:run as well', () => {
  it.each(RUNS)('can %s', async (_what, askedOf) => {
    const fresh = await furnish(`fresh ${_what}`, COMMAND);
    expect((await operator.ask(askedOf(fresh))).status).toBeLessThan(300);
  });
});

/** Of all bulk operations, oldest first. */
async function mayRunCommands(): Promise<boolean[]> {
  const database = new Client({ connectionString: api.database.url });
  await database.connect();
  const { rows } = await database.query<{ may: boolean }>(
    'SELECT may_run_commands AS may FROM bulk_operations ORDER BY id',
  );
  await database.end();
  return rows.map(({ may }) => may);
}
