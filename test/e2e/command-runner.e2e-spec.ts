import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { killMarked, markedProcesses } from '../support/marked-processes.js';
import { waitFor } from '../support/wait-for.js';
import { eventsOf } from './support/event-stream.js';
import { Fleet, THIS_CODE } from './support/fleet/fleet.js';
import type { FleetProcess } from './support/fleet/fleet-process.js';
import { RunnerProcess } from './support/fleet/runner-process.js';
import type { Execution, Job, LogLine } from './support/resources.js';

jest.setTimeout(120_000);

const SECRETS_KEYS = `1:${Buffer.alloc(32, 7).toString('base64')}`;
const FINAL = ['succeeded', 'failed', 'timed_out', 'cancelled'];

let folder: string;
let environment: { COMMAND_RUNNER_SOCKET: string; COMMAND_TARGETS: string; COMMAND_ISOLATION: string };
let runner: RunnerProcess;
let fleet: Fleet;
let worker: FleetProcess;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'runner-socket-'));
  const socket = path.join(folder, 'runner.sock');
  // Without namespaces, as in a restricted pod: what keeps a command from credentials is that there are none.
  environment = { COMMAND_RUNNER_SOCKET: socket, COMMAND_TARGETS: 'enabled', COMMAND_ISOLATION: 'off' };
  fleet = await Fleet.create({ COMMAND_RUNNER_SOCKET: socket, COMMAND_ISOLATION: 'required', SECRETS_KEYS });
  runner = await RunnerProcess.start(environment);
  await fleet.add('api');
  worker = await fleet.add('worker');
});

afterAll(async () => {
  await fleet.stop();
  expect(await runner.stop()).toBe(0);
  rmSync(folder, { recursive: true });
});

let jobs = 0;

async function execute(script: string, mark: string, changes: object = {}): Promise<Execution> {
  const target = { type: 'command', command: 'sh', args: ['-c', script, mark] };
  const job = await fleet.call<Job>('POST', '/jobs', { name: `job-${++jobs}`, target, ...changes });
  return fleet.call('POST', `/jobs/${job.id}/execute`, {});
}

function ended({ id }: Execution): Promise<Execution> {
  const isFinal = async (): Promise<Execution | null> => {
    const execution = await fleet.call<Execution>('GET', `/executions/${id}`);
    return FINAL.includes(execution.state) ? execution : null;
  };
  return waitFor(isFinal, { timeoutMs: 60_000, describe: `execution ${id} to end` });
}

async function isolation(): Promise<string | undefined> {
  const { workers } = await fleet.call<{ workers: { commandIsolation: string }[] }>('GET', '/status');
  return workers.at(-1)?.commandIsolation;
}

async function readiness(): Promise<{ status: string; details: { commandRunner: { status: string } } }> {
  const response = await fetch(`${worker.url}/health/ready`);
  return (await response.json()) as Awaited<ReturnType<typeof readiness>>;
}

/** What the startup probe of its container runs. */
function healthCheck(): number | null {
  const check = path.join(THIS_CODE, 'docker/healthcheck.mjs');
  return spawnSync(process.execPath, [check, environment.COMMAND_RUNNER_SOCKET]).status;
}

const hasStarted = (mark: string) => waitFor(() => markedProcesses(mark).length > 0, { timeoutMs: 30_000 });
const isGone = (mark: string) => waitFor(() => markedProcesses(mark).length === 0, { timeoutMs: 12_000 });

describe('a worker beside a command runner', () => {
  it('meets COMMAND_ISOLATION=required, and says how', async () => {
    expect(healthCheck()).toBe(0);
    expect(await isolation()).toBe('runner');
    expect(await readiness()).toMatchObject({ status: 'ok', details: { commandRunner: { status: 'up' } } });
  });

  it('has its commands run there, with logs as they come', async () => {
    const { id } = await execute('echo one; sleep 1; echo two >&2; echo three', randomUUID());
    const stream = await fetch(`${fleet.nextApiUrl()}/executions/${id}/logs?follow=true`);
    const events = [];
    for await (const event of eventsOf(stream)) events.push(event);
    const lines = events.slice(0, -1).map(({ data }) => data as unknown as LogLine);
    expect(lines[0]).toMatchObject({ stream: 'stdout', text: 'one\n' });
    expect(lines.map(({ text }) => text).join('')).toMatch(/one\n(two\nthree\n|three\ntwo\n)/);
    expect(events.at(-1)).toMatchObject({ event: 'end', data: { state: 'succeeded' } });
    expect(await fleet.call('GET', `/executions/${id}`)).toMatchObject({
      result: { exitCode: 0, output: 'one\nthree\n', truncated: false },
    });
  });

  it('shows commands none of its credentials, in their own environment or in that of their parent', async () => {
    const script = "cat /proc/self/environ /proc/$PPID/environ | tr '\\0' '\\n'";
    const { result } = await ended(await execute(script, randomUUID()));
    expect(result?.output).toContain('SCHEDULER_EXECUTION_ID=');
    expect(result?.output).toContain('COMMAND_RUNNER_SOCKET='); // the parent's
    expect(result?.output).not.toMatch(/DATABASE_URL|SECRETS_KEYS|REDIS|postgresql:/);
  });

  it('has what they leave behind ended and collected', async () => {
    if (!runner.isContained) return console.error('No PID namespaces here: NOT TESTED.');
    const mark = randomUUID();
    await ended(await execute("sh -c 'sleep 60; true' $0 & exit 0", mark));
    await isGone(mark);
    const script = "grep -l '^State:.Z' /proc/[0-9]*/status || true";
    const zombies = async () => (await ended(await execute(script, randomUUID()))).result?.output;
    await waitFor(async () => (await zombies()) === '', { describe: 'no zombie to be left' });
  });

  it('ends them on a cancel and on a time-out', async () => {
    const [cancelled, late] = [randomUUID(), randomUUID()];
    const execution = await execute('sleep 60; true', cancelled);
    await hasStarted(cancelled);
    await fleet.call('POST', `/executions/${execution.id}/cancel`, { reason: 'enough' });
    expect(await ended(execution)).toMatchObject({ state: 'cancelled', reason: 'enough' });
    const timedOut = await ended(await execute('sleep 60; true', late, { timeoutMs: 500 }));
    expect(timedOut).toMatchObject({ state: 'timed_out', error: { type: 'timeout' } });
    await Promise.all([cancelled, late].map(isGone));
  });

  it('whose runner is killed says so, and runs again once there is a new one, at no cost of an attempt', async () => {
    const mark = randomUUID();
    const script = '[ "$SCHEDULER_ATTEMPT" != 1 ] || sleep 60; echo again';
    const execution = await execute(script, mark);
    await hasStarted(mark);
    await runner.kill();
    if (runner.isContained) await isGone(mark);
    else killMarked(mark);
    expect(healthCheck()).toBe(1);
    await waitFor(async () => (await isolation()) === 'runner_away', { timeoutMs: 30_000 });
    expect(await readiness()).toMatchObject({
      status: 'degraded',
      details: { commandRunner: { status: 'degraded' } },
    });

    runner = await RunnerProcess.start(environment);
    const { state, result, attempts } = await ended(execution);
    expect({ state, output: result?.output }).toEqual({ state: 'succeeded', output: 'again\n' });
    expect(attempts[0]).toMatchObject({ outcome: 'released', error: { type: 'runner_lost' } });
    for (const attempt of attempts.slice(1, -1))
      expect(attempt).toMatchObject({ outcome: 'released', error: { type: 'runner_away' } });
    await waitFor(async () => (await isolation()) === 'runner', { timeoutMs: 30_000 });
  });

  it('that is killed leaves no command behind', async () => {
    const mark = randomUUID();
    await execute('trap "" TERM; while :; do sleep 1; done', mark);
    await hasStarted(mark);
    await fleet.killAll('worker');
    await isGone(mark);
  });
});

describe('a command runner', () => {
  it.each([
    ['DATABASE_URL', 'postgresql://app:hunter2@db/jobs'],
    ['SECRETS_KEYS', SECRETS_KEYS],
  ])('does not start with %s, and does not repeat it', async (name, value) => {
    const refusing = RunnerProcess.spawn({ ...environment, [name]: value });
    expect(await refusing.ended()).toBe(1);
    expect(refusing.output).toContain(`${name}: must not be set for a command runner`);
    expect(refusing.output).not.toContain(value);
  });
});
