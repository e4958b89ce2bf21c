import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { markedProcesses } from '../support/marked-processes.js';
import { waitFor } from '../support/wait-for.js';
import { eventsOf } from './support/event-stream.js';
import { type Execution, INSTANT, type LogLine } from './support/resources.js';
import { bodyOf, useRunningService } from './support/running-service.js';

const service = useRunningService();

const textOf = (lines: readonly LogLine[], stream: string): string =>
  lines
    .filter((line) => line.stream === stream)
    .map(({ text }) => text)
    .join('');

/** The first text that a running command wrote. */
function firstOutputOf(executionId: string): Promise<string> {
  return waitFor(async () => textOf(await service.logs(executionId), 'stdout') || null, {
    describe: 'the command to write something',
  });
}

describe('a command', () => {
  it('has its exit code in the result, and both streams in the logs', async () => {
    const job = await service.createCommand(
      "console.log('to stdout'); console.error('to stderr'); process.exit(3)",
    );
    const execution = await service.run(job);
    expect(execution).toMatchObject({
      state: 'failed',
      result: { exitCode: 3, output: 'to stdout\n', truncated: false },
      error: { type: 'exit_code', message: expect.stringContaining('3') },
      attempts: [{ attempt: 1, outcome: 'failed', exitCode: 3 }],
    });
    const lines = await service.logs(execution.id);
    expect(textOf(lines, 'stdout')).toBe('to stdout\n');
    expect(textOf(lines, 'stderr')).toBe('to stderr\n');
    for (const line of lines) expect(line).toMatchObject({ attempt: 1, at: expect.stringMatching(INSTANT) });
  });

  it('succeeds with exit code 0', async () => {
    const execution = await service.run(await service.createCommand("console.log('done')"));
    expect(execution).toMatchObject({
      state: 'succeeded',
      result: { exitCode: 0, output: 'done\n' },
      error: null,
    });
  });

  it('finds its parameters and its ids in the environment, and its input', async () => {
    const code = `
      const { SCHEDULER_PARAMETERS, SCHEDULER_EXECUTION_ID, SCHEDULER_JOB_ID, SCHEDULER_ATTEMPT, OWN, DATABASE_URL } = process.env;
      process.stdin.on('data', (input) => console.log(JSON.stringify({ parameters: JSON.parse(SCHEDULER_PARAMETERS),
        id: SCHEDULER_EXECUTION_ID, jobId: SCHEDULER_JOB_ID, attempt: SCHEDULER_ATTEMPT, OWN, DATABASE_URL,
        input: JSON.parse(input) })));`;
    const target = {
      type: 'command',
      command: 'node',
      args: ['-e', code],
      env: { OWN: 'x' },
      stdin: { a: [1] },
    };
    const job = await service.createJob({ target, parameters: { from: 'job', kept: 1 } });
    const { id, result } = await service.run(job, { parameters: { from: 'call' } });
    expect(JSON.parse(result?.output ?? '')).toEqual({
      parameters: { from: 'call', kept: 1 },
      id,
      jobId: job.id,
      attempt: '1',
      OWN: 'x',
      input: { a: [1] },
    });
  });

  it('gets its arguments as they are, without a shell', async () => {
    const args = ['-e', 'console.log(process.argv.slice(1).join())', '$HOME', '; echo injected', '*'];
    const job = await service.createJob({ target: { type: 'command', command: 'node', args } });
    expect((await service.run(job)).result?.output).toBe('$HOME,; echo injected,*\n');
  });

  it('that does not exist fails and says so', async () => {
    const job = await service.createJob({ target: { type: 'command', command: 'no-such-program' } });
    expect(await service.run(job)).toMatchObject({ state: 'failed', error: { type: 'command_not_found' } });
  });

  it('keeps at most 64 KB of its output in the result, and says that there was more', async () => {
    const job = await service.createCommand("process.stdout.write('x'.repeat(200_000))");
    const { id, result } = await service.run(job);
    expect(result?.truncated).toBe(true);
    expect(result?.output.length).toBeGreaterThan(60_000);
    expect(Buffer.byteLength(result?.output ?? '')).toBeLessThanOrEqual(65_536);
    const [listed] = await service.executions(`jobId=${job.id}`);
    expect(listed).toMatchObject({ id, result: { truncated: true } });
  });

  it('is ended by its time-out', async () => {
    const job = await service.createCommand('setInterval(() => {}, 1000)', { timeoutMs: 500 });
    expect(await service.run(job)).toMatchObject({ state: 'timed_out', error: { type: 'timeout' } });
  });

  it('that ignores SIGTERM is killed with all that it started, about 5 s after its cancellation', async () => {
    const mark = randomUUID();
    const code = `
      process.on('SIGTERM', () => console.log('ignored'));
      const wait = 'setInterval(() => {}, 1000)';
      require('node:child_process').spawn(process.execPath, ['-e', wait, '${mark}']).once('spawn', () => console.log('up'));
      eval(wait);`;
    const job = await service.createJob({
      target: { type: 'command', command: 'node', args: ['-e', code, mark] },
    });
    const { id } = await service.execute(job);
    await firstOutputOf(id);
    await waitFor(() => markedProcesses(mark).length >= 2);

    const askedAt = performance.now();
    bodyOf(200, await service.api.post(`/executions/${id}/cancel`, { reason: 'enough' }));
    const execution = await service.ended(id);
    const tookMs = performance.now() - askedAt;

    expect(execution).toMatchObject({ state: 'cancelled', reason: 'enough', result: { exitCode: null } });
    expect(tookMs).toBeGreaterThan(4_500);
    expect(tookMs).toBeLessThan(8_000);
    expect(markedProcesses(mark)).toEqual([]);
    expect(textOf(await service.logs(id), 'stdout')).toContain('ignored');
  });
});

describe('where the machine allows PID namespaces, which /status says', () => {
  it('a command reads the environment of no process but its own', async () => {
    const { body } = await service.api.get<{ workers: { commandIsolation: string }[] }>('/status');
    if (body.workers[0]?.commandIsolation !== 'namespaces')
      return console.error('No PID namespaces here: that commands are isolated is NOT TESTED.');
    const script = "cat /proc/[0-9]*/environ /proc/$PPID/environ | tr '\\0' '\\n'";
    const target = { type: 'command', command: 'sh', args: ['-c', script] };
    const { result } = await service.run(await service.createJob({ target }));
    expect(result?.output).toContain('SCHEDULER_EXECUTION_ID=');
    expect(result?.output).not.toMatch(/DATABASE_URL|SECRETS_KEYS|WORKER_PORT/);
  });
});

describe('GET /executions/{executionId}/logs', () => {
  it('?follow=true streams lines while the command runs, and ends with its final state', async () => {
    const job = await service.createCommand(
      "console.log('one'); setTimeout(() => { console.log('two'); console.error('three') }, 3000)",
    );
    const { id } = await service.execute(job);
    const stream = await fetch(`${service.api.url}/executions/${id}/logs?follow=true`);
    expect(stream.headers.get('Content-Type')).toMatch(/^text\/event-stream/);

    const events = eventsOf(stream);
    const first = (await events.next()).value;
    const during = await service.execution(id);
    const rest = [];
    for await (const event of events) rest.push(event);

    expect(first).toMatchObject({ event: 'log', data: { stream: 'stdout', text: 'one\n', attempt: 1 } });
    expect(during.state).toBe('running');
    const written = rest.slice(0, -1).map(({ data }) => data as unknown as LogLine);
    expect(textOf(written, 'stdout')).toBe('two\n');
    expect(textOf(written, 'stderr')).toBe('three\n');
    expect(rest.at(-1)).toMatchObject({ event: 'end', data: { state: 'succeeded' } });
  });

  it('?follow=true goes on behind the Last-Event-ID, and answers 204 to one who has seen the end', async () => {
    const code = "console.log('one'); setTimeout(() => console.log('two'), 1500)";
    const { id } = await service.run(await service.createCommand(code));
    const url = `${service.api.url}/executions/${id}/logs?follow=true`;
    const all = [];
    for await (const event of eventsOf(await fetch(url))) all.push(event);
    expect(all.map(({ event }) => event)).toEqual(['log', 'log', 'end']);

    const resumed = [];
    const headers = { 'Last-Event-ID': all[0]?.id ?? '' };
    for await (const event of eventsOf(await fetch(url, { headers }))) resumed.push(event);
    expect(resumed).toEqual(all.slice(1));

    const over = await fetch(url, { headers: { 'Last-Event-ID': all.at(-1)?.id ?? '' } });
    expect(over.status).toBe(204);
  });

  it('pages oldest first', async () => {
    const code =
      'let n = 0; const t = setInterval(() => { console.log(n); if (++n === 5) clearInterval(t) }, 400)';
    const { id } = await service.run(await service.createCommand(code));
    const pages = await service.api.pages<LogLine>(`/executions/${id}/logs?limit=2`);
    const lines = pages.flatMap(({ items }) => items);
    expect(pages.length).toBeGreaterThan(1);
    expect(textOf(lines, 'stdout')).toBe('0\n1\n2\n3\n4\n');
    const seqs = lines.map(({ seq }) => seq);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
  });

  it('of an HTTP target say what was called and what it answered', async () => {
    const { id }: Execution = await service.run(await service.createJob());
    expect(textOf(await service.logs(id), 'system')).toMatch(/POST .*: 200/);
  });
});
