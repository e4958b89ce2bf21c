import { beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type FuzzedOperation, requestsOf } from './support/fuzz/requests.js';
import type { Schema } from './support/fuzz/values.js';
import { useRunningService } from './support/running-service.js';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, FuzzedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Of all operations together; a run is repeated with `FUZZ_SEED`. */
const BUDGET_MS = Number(process.env.FUZZ_MS ?? 60_000);
const ROUNDS = 60;
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);

const service = useRunningService();
let document: Document;
const ids: string[] = [];

beforeAll(async () => {
  document = (await (await fetch(`${service.api.url}/openapi.json`)).json()) as Document;
  const job = await service.createJob();
  ids.push(job.id, (await service.createSchedule(job, { type: 'cron', cronExpression: '0 0 1 1 *' })).id);
  ids.push((await service.run(job)).id);
});

it(
  'answers requests that are nearly right as its document says, and none with 5xx',
  async () => {
    console.log(`FUZZ_SEED=${SEED}`);
    const statuses = new Map<number, number>();
    const faults = new Map<string, string>();
    const deadline = performance.now() + BUDGET_MS;
    for (let round = 0; round < ROUNDS && performance.now() < deadline; round++)
      await sendRound(round, statuses, faults);
    console.log(Object.fromEntries(statuses));
    expect([...faults.values()]).toEqual([]);
    expect(statuses.size).toBeGreaterThan(5);
  },
  BUDGET_MS * 3,
);

/** One request to each operation. */
async function sendRound(
  round: number,
  statuses: Map<number, number>,
  faults: Map<string, string>,
): Promise<void> {
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
