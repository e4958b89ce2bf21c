import { type Belongings, CALENDAR, JOB, MARK, SCHEDULE } from './belongings.js';
import type { Asked } from './service-client.js';

export interface Parameter {
  readonly name: string;
  readonly in: string;
}

/** An operation as openapi.json has it. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  readonly hasBody: boolean;
}

interface OpenApiDocument {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { operationId: string; parameters?: Parameter[]; requestBody?: object }>>
    >
  >;
}

export function operationsIn({ paths }: OpenApiDocument): Operation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { operationId, parameters = [], requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      operationId,
      parameters,
      hasBody: requestBody !== undefined,
    })),
  );
}

/** A body that would be right, was the thing one's own; `of` says whose things it names. */
const BODIES: Readonly<Record<string, (of: Belongings) => object>> = {
  createKey: () => ({ name: 'spy', scopes: ['jobs:read'] }),
  createServiceKey: () => ({ name: 'spy', scopes: ['jobs:read'] }),
  createService: () => ({ slug: 'spy', name: 'spy' }),
  updateService: () => ({ name: 'spy', maxJobs: 0 }),
  createJob: () => JOB,
  replaceJob: () => ({ ...JOB, name: 'spied' }),
  updateJob: () => ({ description: 'spied' }),
  createSchedule: () => ({ ...SCHEDULE, calendars: [MARK] }),
  previewSchedule: () => SCHEDULE,
  replaceSchedule: () => SCHEDULE,
  updateSchedule: () => ({ intervalSeconds: 60 }),
  pauseSchedule: () => ({ reason: 'spied' }),
  resumeSchedule: () => ({ catchup: 'all', dryRun: true }),
  createCalendar: () => CALENDAR,
  replaceCalendar: () => ({ ...CALENDAR, name: 'spied' }),
  updateCalendar: () => ({ excludedDates: [] }),
  importCalendar: () => ({ ical: 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n' }),
  executeJob: () => ({ parameters: {} }),
  cancelExecution: () => ({ reason: 'spied' }),
  createBulkOperation: ({ jobId }) => ({ action: 'cancel', filter: { jobId } }),
  rotateKey: () => ({}),
  rotateSigningSecret: () => ({}),
  putSecret: () => ({ value: 'the-value-of-somebody-else' }),
};

const from = '2020-01-01T00:00:00Z';
const to = '2020-01-02T00:00:00Z';

/** As the lists write them: the name of the list, and the sort keys of the thing of somebody else. */
const CURSORS: Readonly<Record<string, (of: Belongings) => readonly unknown[]>> = {
  'audit-events': ({ jobId }) => ['2100-01-01T00:00:00.000Z', jobId],
  services: ({ slug }) => [slug],
  secrets: ({ name }) => [name],
  logs: () => [0],
};

function cursorAt(path: string, of: Belongings): string {
  const list = path.slice(path.lastIndexOf('/') + 1);
  const keys = CURSORS[list]?.(of) ?? [list === 'executions' ? of.executionId : of.jobId];
  return Buffer.from(JSON.stringify([list, ...keys])).toString('base64url');
}

/** What to ask for by each query parameter: the thing of somebody else where it can name one. */
const QUERIES: Readonly<Record<string, (of: Belongings, path: string) => string>> = {
  limit: () => '200',
  cursor: (of, path) => cursorAt(path, of),
  active: () => 'true',
  tag: () => MARK,
  q: () => MARK,
  type: () => 'interval',
  jobId: ({ jobId }) => jobId,
  scheduleId: ({ scheduleId }) => scheduleId,
  state: () => 'pending,cancelled',
  trigger: () => 'manual',
  from: () => from,
  to: () => to,
  count: () => '3',
  follow: () => 'true',
  actor: () => 'key:create',
  action: () => 'job.created',
  resourceType: () => 'job',
  resourceId: ({ jobId }) => jobId,
};

/** Once plain, once for each query parameter, and once for each header that changes what an operation does. */
export function requestsTo(operation: Operation, of: Belongings): Asked[] {
  const path = operation.path.replace(/\{(\w+)\}/g, (_all, name: string) => idOf(operation, name, of));
  const plain = { method: operation.method, path, ...(operation.hasBody && { body: bodyOf(operation, of) }) };
  const queries = operation.parameters
    .filter((parameter) => parameter.in === 'query')
    .map(({ name }) => ({
      ...plain,
      path: `${path}?${name}=${encodeURIComponent(valueOf(operation, name, of))}`,
    }));
  const headers = [
    { Prefer: 'wait=1' },
    { Accept: 'text/event-stream' },
    { 'If-Match': '"1"' },
    { 'Idempotency-Key': MARK },
  ];
  return [plain, ...queries, ...headers.map((header) => ({ ...plain, headers: header }))];
}

function idOf({ operationId }: Operation, name: string, of: Belongings): string {
  if (operationId === 'cancelExecution') return of.waitingId;
  const id = (of as unknown as Record<string, string>)[name];
  if (id === undefined) throw new Error(`${operationId}: say in Belongings what {${name}} is`);
  return id;
}

function bodyOf({ operationId }: Operation, of: Belongings): object {
  const body = BODIES[operationId];
  if (body === undefined) throw new Error(`${operationId}: say in BODIES what a right body of it is`);
  return body(of);
}

function valueOf({ operationId, path }: Operation, name: string, of: Belongings): string {
  const value = QUERIES[name];
  if (value === undefined) throw new Error(`${operationId}: say in QUERIES what to ask for by ${name}`);
  return value(of, path);
}
