import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type FuzzedOperation, type Ids, requestsOf } from './support/fuzz/requests.js';
import type { Schema } from './support/fuzz/values.js';
import { useRunningService } from './support/running-service.js';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, FuzzedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Of all operations together; a run is repeated with `FUZZ_SEED`. */
const BUDGET_MS = Number(process.env.FUZZ_MS ?? 60_000);
/** Who gives it longer wants more of it. */
const ROUNDS = process.env.FUZZ_MS ? Infinity : 60;
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);

const service = useRunningService();
let document: Document;

beforeAll(async () => {
  document = (await (await fetch(`${service.api.url}/openapi.json`)).json()) as Document;
});

/** Of each kind one, made anew for each round: what the round before deleted would be a 404 in all that follow. */
async function furnish(): Promise<Ids> {
  const job = await service.createJob();
  const schedule = await service.createSchedule(job, { type: 'cron', cronExpression: '0 0 1 1 *' });
  const made = async (path: string, body: object) =>
    (await service.api.post<{ id: string }>(path, body)).body.id;
  // Not the service that all of this belongs to: a limit of one job would end the fuzz.
  const slug = `fuzz-${randomUUID()}`;
  await service.api.post('/services', { slug, name: 'Fuzzed' });
  const name = `FUZZ_${job.name.replaceAll('-', '_')}`;
  await service.api.put(`/secrets/${name}`, { value: 'a value of the fuzz' });
  return {
    jobId: job.id,
    scheduleId: schedule.id,
    executionId: (await service.execute(job)).id,
    calendarId: await made('/calendars', { name: job.name }),
    bulkOperationId: await made('/bulk-operations', { action: 'cancel', filter: { jobId: schedule.id } }),
    signingSecretId: await made('/signing-secrets/rotate', {}),
    name,
    slug,
  };
}

it(
  'answers requests that are nearly right as its document says, and none with 5xx',
  async () => {
    console.log(`FUZZ_SEED=${SEED}`);
    const statuses = new Map<number, number>();
    const faults = new Map<string, string>();
    const deadline = performance.now() + BUDGET_MS;
    for (let round = 0; round < ROUNDS && performance.now() < deadline; round++)
      await sendRound(round, statuses, faults);
    const classes = ['2', '3', '4', '5'].map((digit) => `${digit}xx: ${countOfClass(statuses, digit)}`);
    console.log(classes.join(', '), Object.fromEntries(statuses));
    expect([...faults.values()]).toEqual([]);
    expect(statuses.size).toBeGreaterThan(5);
    // Requests that are all refused at the door show nothing of what is behind it.
    expect(countOfClass(statuses, '2') / countOfClass(statuses, '')).toBeGreaterThan(0.1);
  },
  BUDGET_MS * 3,
);

function countOfClass(statuses: ReadonlyMap<number, number>, digit: string): number {
  const counts = [...statuses]
    .filter(([status]) => String(status).startsWith(digit))
    .map(([, count]) => count);
  return counts.reduce((sum, count) => sum + count, 0);
}

/** One request to each operation. */
async function sendRound(
  round: number,
  statuses: Map<number, number>,
  faults: Map<string, string>,
): Promise<void> {
  const ids = await furnish();
  for (const [template, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const arbitrary = requestsOf(method, template, operation, document.components.schemas, ids);
      const [request] = fc.sample(arbitrary, { seed: SEED + round, numRuns: 1 });
      if (!request || /follow=/.test(request.path) || request.path.includes('follow=true')) continue;
      try {
        const { status } = await service.api.send(
          request.method,
          request.path,
          request.body,
          request.headers,
        );
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status >= 500)
          faults.set(`${method} ${template} ${status}`, `${status} ${JSON.stringify(request).slice(0, 600)}`);
      } catch (error) {
        const { message, cause } = error as Error;
        faults.set(
          `${method} ${template} ${String(cause)}`.slice(0, 120),
          `${message} — ${String(cause)} — ${JSON.stringify(request).slice(0, 600)}`,
        );
      }
    }
  }
}
