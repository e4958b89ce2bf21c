import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { BadRequest } from './support/bad-input/bad-request.js';
import { BAD_JOBS } from './support/bad-input/jobs.js';
import { BAD_CALENDARS, BAD_CURSORS, BAD_OWNERS, BAD_RUNS } from './support/bad-input/others.js';
import { BAD_SCHEDULES } from './support/bad-input/schedules.js';
import { BAD_REQUESTS } from './support/bad-input/transport.js';
import { type Things, WatchedSite } from './support/bad-input/watched-site.js';
import { expectProblem, pointersOf, type Problem } from './support/problems.js';

const START_TIMEOUT_MS = 100_000;

jest.setTimeout(60_000);

let site: WatchedSite;
let things: Things;

beforeAll(async () => {
  site = await WatchedSite.start();
  things = await site.furnish();
}, START_TIMEOUT_MS);
afterAll(() => site?.stop(), START_TIMEOUT_MS);

const ALL = [
  ['jobs', BAD_JOBS],
  ['schedules and previews', BAD_SCHEDULES],
  ['runs and bulk operations', BAD_RUNS],
  ['calendars', BAD_CALENDARS],
  ['services, keys, secrets and audit', BAD_OWNERS],
  ['cursors', BAD_CURSORS],
  ['requests as such', BAD_REQUESTS],
] as const;

describe.each(ALL)('bad input for %s changes no row, queues nothing, calls nobody', (_kind, table) => {
  it.each(table.map((row) => [row.request.slice(0, 80), row.what, row] as const))(
    '%s: %s',
    async (_request, _what, row) => {
      const before = await site.state();
      const answer = await send(row);
      expectProblem(answer, { status: row.status, code: row.code });
      expect(pointersOf(answer.body)).toEqual(row.pointers);
      expect(await site.state()).toEqual(before);
    },
  );
});

function send({ request, body, headers }: BadRequest) {
  const [method = '', path = ''] = request.split(' ');
  const named = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => things[name] ?? '');
  return site.api.send<Problem>(method, named, body, headers);
}

describe('after all that', () => {
  it('a good request still gets its run and the target one call for it, and the watch sees both', async () => {
    const [before, calls] = [await site.state(), site.target.requests.length];
    await site.run(things.job!);
    expect(site.target.requests.length).toBe(calls + 1);
    expect(await site.state()).not.toEqual({ ...before, calls: calls + 1 });
  });
});
