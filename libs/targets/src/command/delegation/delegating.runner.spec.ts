import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { markedProcesses, untilGone } from '../../../../../test/support/marked-processes.js';
import type { AbortReason, Outcome } from '../../outcome.js';
import type { RunContext } from '../../runner.js';
import { aContext, aGrant, neverAborted, RecordingLog, TIMED_OUT } from '../../testing/a-run.js';
import { DelegatedRunner } from '../../testing/delegated-runner.js';
import { CommandIsolation } from '../command-isolation.js';
import { CommandPolicy } from '../command-policy.js';
import { CommandRunner } from '../command.runner.js';
import { CommandRunnerServer } from './command-runner-server.js';
import { DelegatingRunner } from './delegating.runner.js';
import { lineOfRun } from './messages.js';

const aRunner = (): CommandRunner =>
  new CommandRunner(CommandPolicy.load('enabled'), CommandIsolation.none, () => 100);
const shell = (script: string, ...args: string[]) =>
  ({ type: 'command', command: 'sh', args: ['-c', script, ...args] }) as const;
const CANCELLED: AbortReason = { type: 'cancelled', message: 'enough' };

let folder: string;
let socketPath: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'delegation-'));
  socketPath = join(folder, 'runner.sock');
});

afterEach(() => rmSync(folder, { recursive: true }));

function run(script: string, context: Partial<RunContext> = {}, signal = neverAborted()): Promise<Outcome> {
  return new DelegatingRunner(socketPath).run(shell(script), aContext(context), signal, new RecordingLog());
}

beforeAll(() => void Logger.overrideLogger(false));

describe('where the command runner is away', () => {
  it('a run goes uncalled, and spends an attempt only once it has waited often enough', async () => {
    const error = { type: 'runner_away', message: expect.stringContaining('does not answer') };
    expect(await run('true')).toEqual({ type: 'uncalled', error, result: null, retryInMs: 5_000 });
    expect(await run('true', { mayGoUncalled: false })).toMatchObject({
      type: 'failed',
      cause: 'exit_code',
      error,
    });
  });

  it('the worker says so, and says when it is there again', async () => {
    const delegating = new DelegatingRunner(socketPath);
    await expect(delegating.check()).rejects.toThrow('ENOENT');
    expect(delegating.isolationInForce).toBe('runner_away');
    const server = await CommandRunnerServer.listen(socketPath, aRunner());
    await delegating.check();
    expect(delegating.isolationInForce).toBe('runner');
    await server.close();
  });
});

describe('a command runner that is lost', () => {
  it('leaves a run of which nobody knows how far it came, and says so', async () => {
    const listening = await impostor((socket) => socket.once('data', () => socket.destroy()));
    expect(await run('sleep 60')).toMatchObject({
      type: 'lost',
      error: { type: 'runner_lost', message: expect.stringContaining('closed the connection') },
      result: null,
    });
    listening.close();
  });

  it.each([
    ['says what is no answer', 'nonsense\n', /no JSON object/],
    ['never ends its line', 'x'.repeat(3_000_000), /more than 2097152 bytes/],
    ['ends a run unasked', '{"type":"outcome","outcome":{"type":"aborted","result":null}}\n', /unasked/],
  ])('is also one that %s', async (_, said, message) => {
    const listening = await impostor((socket) => socket.once('data', () => socket.write(said)));
    const error = { type: 'runner_lost', message: expect.stringMatching(message) };
    expect(await run('true')).toMatchObject({ type: 'lost', error });
    listening.close();
  });

  it('is away where it speaks another version', async () => {
    const listening = await impostor(() => undefined, 2);
    expect(await run('true')).toMatchObject({ type: 'uncalled', error: { type: 'runner_away' } });
    listening.close();
  });

  it('is away where it hangs and greets nobody', async () => {
    const listening = createServer((socket) => socket.on('error', () => undefined)).listen(socketPath);
    const hasty = new DelegatingRunner(socketPath, { greetingMs: 50, abortMs: 50 });
    await expect(hasty.check()).rejects.toThrow('no greeting within 50 ms');
    listening.close();
  });

  it('is waited for no longer than a command may take to end, where it hangs after an abort', async () => {
    const abort = new AbortController();
    const listening = await impostor((socket) => socket.once('data', () => abort.abort(TIMED_OUT)));
    const hasty = new DelegatingRunner(socketPath, { greetingMs: 5_000, abortMs: 50 });
    const outcome = await hasty.run(shell('true'), aContext(), abort.signal, new RecordingLog());
    expect(outcome).toEqual({ type: 'aborted', reason: TIMED_OUT, result: null, forced: true });
    listening.close();
  });

  /** Greets like a runner and then behaves as told. */
  async function impostor(behave: (socket: Socket) => void, version = 1): Promise<Server> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write(`{"type":"hello","version":${version}}\n`);
      behave(socket);
    });
    await once(server.listen(socketPath), 'listening');
    return server;
  }
});

describe('CommandRunnerServer', () => {
  let delegated: DelegatedRunner;

  beforeEach(async () => void (delegated = await DelegatedRunner.start(aRunner())));
  afterEach(() => delegated.stop());

  /** Everything the server replies to a client that says this. */
  async function answersTo(...said: string[]): Promise<string> {
    const socket = connect(delegated.socketPath);
    for (const text of said) socket.write(text);
    const heard: string[] = [];
    for await (const chunk of socket) heard.push(String(chunk));
    return heard.join('');
  }

  it('is open to its user and group alone', () => {
    expect(statSync(delegated.socketPath).mode & 0o777).toBe(0o660);
  });

  it('kills what it runs for a worker that is gone', async () => {
    const mark = randomUUID();
    const socket = connect(delegated.socketPath);
    socket.write(lineOfRun(shell('trap "" TERM; while :; do sleep 1; done', mark), aContext()));
    while (markedProcesses(mark).length === 0) await new Promise((resolve) => setImmediate(resolve));
    socket.destroy();
    await untilGone(mark);
  });

  it('waits, when it is told to go, for what it runs; and takes no more', async () => {
    const [log, abort] = [new RecordingLog(), new AbortController()];
    const target = shell("trap 'exit 0' TERM; echo up; while :; do sleep 0.05; done");
    const ended = delegated.runner.run(target, aContext(), abort.signal, log);
    await log.until('stdout', /up/);
    const closed = delegated.stop();
    expect(await delegated.runner.run(target, aContext(), neverAborted(), log)).toMatchObject({
      error: { type: 'runner_away' },
    });
    abort.abort(CANCELLED);
    expect(await ended).toMatchObject({ type: 'aborted', reason: CANCELLED, result: { exitCode: 0 } });
    await closed;
    delegated = await DelegatedRunner.start(aRunner());
  });

  it.each([
    ['what is no JSON', ['nonsense\n'], /no JSON object/],
    ['an unknown request', ['{"type":"shutdown"}\n'], /none of run, abort/],
    ['a line without end', ['x'.repeat(9_000_000)], /more than 8388608 bytes/],
    ['two runs', [lineOfRun(shell('sleep 60'), aContext()).repeat(2)], /for one run/],
  ])('refuses a stranger who says %s, and goes on', async (_, said, why) => {
    expect(await answersTo(...said)).toMatch(why);
    const { runner } = delegated;
    expect(await runner.run(shell('true'), aContext(), neverAborted(), new RecordingLog())).toMatchObject({
      type: 'succeeded',
    });
  });

  it('runs nothing that its own list does not have, whatever it is asked', async () => {
    const allowListFile = join(folder, 'commands.json');
    writeFileSync(allowListFile, JSON.stringify({ commands: [{ id: 'hello', path: '/bin/echo' }] }));
    const strict = await DelegatedRunner.start(new CommandRunner(CommandPolicy.load({ allowListFile })));
    const ask = (command: string): Promise<Outcome> =>
      strict.runner.run({ type: 'command', command }, aContext(), neverAborted(), new RecordingLog());
    expect(await ask('hello')).toMatchObject({ type: 'succeeded', result: { output: '\n' } });
    expect(await ask('/bin/echo')).toMatchObject({ error: { type: 'command_not_allowed' } });
    await strict.stop();
  });

  it('blots out the secrets that it was given', async () => {
    const log = new RecordingLog();
    const target = { ...shell('echo "it is $TOKEN"'), env: { TOKEN: 'hunter2hunter2' } };
    const grants = aGrant({ secrets: new Map([['TOKEN', 'hunter2hunter2']]) });
    const { result } = await delegated.runner.run(target, aContext({ grants }), neverAborted(), log);
    expect([result?.output, log.text.stdout]).toEqual(['it is [redacted]\n', 'it is [redacted]\n']);
  });

  it('lets a command write no faster than the worker reads', async () => {
    const socket = connect(delegated.socketPath).pause();
    const file = join(folder, 'progress');
    // Each round writes 64 KB of a byte that JSON escapes to six, and then notes it.
    const script = `for i in 1 2 3 4 5 6 7 8 9 10 11 12; do head -c 65536 /dev/zero | tr '\\0' '\\001'; echo $i > ${file}; done`;
    socket.write(lineOfRun(shell(script), aContext()));
    const rounds = await unchanging(() => (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0));
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(rounds).toBeLessThan(12);
    expect(text.match(/\\u0001/g)).toHaveLength(12 * 65_536 + 65_536);
  });

  it('is not started beside another, nor in the place of a file', async () => {
    await expect(CommandRunnerServer.listen(delegated.socketPath, aRunner())).rejects.toThrow(
      'another runner listens',
    );
    const file = join(folder, 'file');
    writeFileSync(file, 'kept');
    await expect(CommandRunnerServer.listen(file, aRunner())).rejects.toThrow('is no socket');
    expect(statSync(file).size).toBe(4);
  });

  it('passes a time-out on', async () => {
    const abort = new AbortController();
    const log = new RecordingLog();
    const ended = delegated.runner.run(shell('echo up; sleep 60'), aContext(), abort.signal, log);
    await log.until('stdout', /up/);
    abort.abort(TIMED_OUT);
    expect(await ended).toMatchObject({ type: 'aborted', reason: TIMED_OUT });
  });
});

/** The value of a reading once it has not changed for a while. */
async function unchanging(read: () => number): Promise<number> {
  for (let [last, since] = [read(), performance.now()]; ;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (read() !== last) [last, since] = [read(), performance.now()];
    else if (last > 0 && performance.now() - since > 500) return last;
  }
}
