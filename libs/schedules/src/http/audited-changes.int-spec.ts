import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SchedulesApp, startSchedulesApp } from '../testing/schedules-app.js';

const JOB = { name: 'audited', target: { type: 'http', method: 'POST', url: 'https://example.org/hook' } };
const HOURLY = { type: 'interval', intervalSeconds: 3_600 };

/** On a machine that is busy with other tests. */
const START_TIMEOUT_MS = 60_000;

let app: SchedulesApp;

beforeAll(async () => {
  app = await startSchedulesApp();
}, START_TIMEOUT_MS);
afterAll(() => app?.close());

async function made(path: string, body: object): Promise<string> {
  const { status, headers, body: answer } = await app.call('POST', path, body);
  expect({ status, answer }).toMatchObject({ status: 201 });
  return headers.get('Location') ?? '';
}

async function eventsOf(location: string): Promise<Record<string, unknown>[]> {
  const id = location.split('/').at(-1);
  const { body } = await app.call('GET', `/audit-events?resourceId=${id}`);
  return body?.items as Record<string, unknown>[];
}

const actionsOf = async (location: string) =>
  (await eventsOf(location)).map(({ action }) => action).reverse();

describe('the audit', () => {
  it('follows a job from its creation to its end', async () => {
    const job = await made('/jobs', JOB);
    await app.call('PATCH', job, {
      timeoutMs: 5_000,
      target: { headers: { Authorization: 'Bearer hunter2' } },
    });
    await app.call('POST', `${job}/deactivate`);
    await app.call('POST', `${job}/activate`);
    await app.call('DELETE', job);
    expect(await actionsOf(job)).toEqual([
      'job.created',
      'job.updated',
      'job.deactivated',
      'job.activated',
      'job.deleted',
    ]);
    const events = await eventsOf(job);
    expect(events[3]).toMatchObject({
      actor: 'anonymous',
      before: { version: 1, timeoutMs: 3_600_000 },
      after: { version: 2, timeoutMs: 5_000, target: { headers: { Authorization: '[redacted]' } } },
    });
    expect(Object.keys(events[3]?.after as object).sort()).toEqual(['target', 'timeoutMs', 'version']);
    expect(JSON.stringify(events)).not.toContain('hunter2');
  });

  it('has nothing of a request that changes nothing or is refused', async () => {
    const job = await made('/jobs', { ...JOB, name: 'left alone' });
    await app.call('PATCH', job, {});
    expect((await app.call('PATCH', job, { timeoutMs: -1 })).status).toBe(400);
    expect((await app.call('DELETE', job, undefined, { 'If-Match': '"7"' })).status).toBe(412);
    expect((await app.call('POST', '/jobs', { ...JOB, name: 'left alone' })).status).toBe(409);
    expect(await actionsOf(job)).toEqual(['job.created']);
  });

  it('tells why a schedule was paused', async () => {
    const schedule = await made(`/jobs/${(await app.createJob()).id}/schedules`, HOURLY);
    await app.call('PATCH', schedule, { intervalSeconds: 60 });
    await app.call('POST', `${schedule}/pause`, { reason: 'month end' });
    await app.call('POST', `${schedule}/pause`, { reason: 'again' });
    await app.call('POST', `${schedule}/resume`);
    await app.call('DELETE', schedule);
    const events = await eventsOf(schedule);
    expect(events.map(({ action, reason }) => [action, reason])).toEqual([
      ['schedule.deleted', null],
      ['schedule.resumed', null],
      ['schedule.paused', 'month end'],
      ['schedule.updated', null],
      ['schedule.created', null],
    ]);
    expect(events[2]).toMatchObject({ before: { active: true }, after: { active: false } });
  });

  it('follows a calendar', async () => {
    const calendar = await made('/calendars', { name: 'audited', excludedDates: ['2030-01-01'] });
    await app.call('PATCH', calendar, { excludedDates: ['2030-01-02'] });
    await app.call('DELETE', calendar);
    expect(await actionsOf(calendar)).toEqual(['calendar.created', 'calendar.updated', 'calendar.deleted']);
  });
});
