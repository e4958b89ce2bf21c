import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { killMarked, markedProcesses, untilGone } from '../../../../test/support/marked-processes.js';
import type { Outcome } from '../outcome.js';
import { LOG_LIMIT_CHARACTERS, type RunContext, type Runner } from '../runner.js';
import type { CommandTarget } from '../target.js';
import { aContext, neverAborted, RecordingLog, TIMED_OUT } from '../testing/a-run.js';
import { DelegatedRunner } from '../testing/delegated-runner.js';
import { CommandIsolation } from './command-isolation.js';
import { CommandPolicy } from './command-policy.js';
import { CommandRunner } from './command.runner.js';

interface RunChanges {
  readonly signal?: AbortSignal;
  readonly log?: RecordingLog;
  readonly context?: Partial<RunContext>;
}

/** A script that starts a grandchild which outlives it, keeps its pipes open and has a mark among its arguments. */
const leavesGrandchild = (mark: string): string =>
  `sh -c 'trap "" TERM; touch up; while :; do sleep 1; done' ${mark} & until [ -e up ]; do sleep 0.01; done; `;

/** The same in its own session, where no signal to the group reaches it. */
const leavesDaemon = (mark: string): string =>
  `setsid sh -c 'touch up; while :; do sleep 1; done' ${mark} & until [ -e up ]; do sleep 0.01; done`;

const isolations = [CommandIsolation.none, await CommandIsolation.detect('auto')];
const different = isolations.filter(({ inForce }, at) => at === 0 || inForce !== 'process_group');
if (different.length < 2) console.error('No PID namespaces here: commands are tested without them ONLY.');

/** Users can rely on the same behaviour whether a worker starts a command itself or hands it to its command runner. */
const runners = different.flatMap((isolation) => {
  const { inForce } = isolation;
  const local = (): CommandRunner => new CommandRunner(CommandPolicy.load('enabled'), isolation, () => 100);
  return [
    [`of the worker itself, ${inForce}`, inForce, 200_000_000, async () => ({ runner: local() })],
    [`behind a socket, ${inForce}`, inForce, LOG_LIMIT_CHARACTERS, () => DelegatedRunner.start(local())],
  ] as const;
});

describe.each<(typeof runners)[number]>(runners)(
  'a command runner %s',
  (_name, inForce, loggedOf200MB, start) => {
    let started: { readonly runner: Runner<CommandTarget>; stop?(): Promise<void> };

    beforeAll(async () => void (started = await start()));
    afterAll(() => started.stop?.());

    const shell = (script: string, target: Partial<CommandTarget> = {}): CommandTarget => ({
      type: 'command',
      command: 'sh',
      args: ['-c', script],
      ...target,
    });

    function run(
      target: CommandTarget,
      { signal = neverAborted(), log = new RecordingLog(), context = {} }: RunChanges = {},
    ): Promise<Outcome> {
      return started.runner.run(target, aContext(context), signal, log);
    }

    describe('environment and input', () => {
      beforeAll(() => void (process.env.DATABASE_URL = 'postgresql://secret'));
      afterAll(() => void delete process.env.DATABASE_URL);

      it("gives the run's environment and nothing of the service's", async () => {
        const { result } = await run({
          type: 'command',
          command: 'env',
          args: ['-0'],
          env: { REGION: 'eu' },
        });
        const names = result!.output.split('\uFFFD').map((line) => line.split('=')[0]);
        expect(names.filter(Boolean).sort()).toEqual(
          [
            'PATH',
            'LANG',
            'TZ',
            'HOME',
            'REGION',
            'TRACEPARENT',
            'SCHEDULER_PARAMETERS',
            'SCHEDULER_EXECUTION_ID',
            'SCHEDULER_JOB_ID',
            'SCHEDULER_JOB_NAME',
            'SCHEDULER_SCHEDULE_ID',
            'SCHEDULER_SCHEDULED_FOR',
            'SCHEDULER_ATTEMPT',
            'SCHEDULER_MAX_ATTEMPTS',
            'SCHEDULER_TRIGGER',
            'SCHEDULER_DEADLINE',
            'SCHEDULER_RETRY_OF',
          ].sort(),
        );
        expect(result!.output).toContain('SCHEDULER_PARAMETERS={"region":"eu"}');
        expect(result!.output).not.toContain('secret');
      });

      it("does not let a job's environment replace the scheduler's", async () => {
        const env = { SCHEDULER_ATTEMPT: '99', A: '1' };
        const { result } = await run(shell('echo $SCHEDULER_ATTEMPT $A', { env }));
        expect(result?.output).toBe('2 1\n');
      });

      it.each([
        ['text as is', 'a\nb', 'a\nb'],
        ['anything else as JSON', { a: [1] }, '{"a":[1]}'],
        ['nothing for null', null, ''],
        ['nothing', undefined, ''],
      ])('writes to stdin %s', async (_, stdin, output) => {
        expect(await run(shell('cat', { stdin }))).toMatchObject({ type: 'succeeded', result: { output } });
      });

      it('does not mind a command that reads no input', async () => {
        expect(await run(shell('exit 0', { stdin: 'x'.repeat(1_000_000) }))).toMatchObject({
          type: 'succeeded',
        });
      });

      it('passes arguments as they are, without a shell', async () => {
        const { result } = await run({
          type: 'command',
          command: 'printf',
          args: ['%s|', '$HOME', '; ls', '*'],
        });
        expect(result?.output).toBe('$HOME|; ls|*|');
      });

      it('runs in a fresh directory that is gone afterwards', async () => {
        const { result } = await run(shell('touch file; pwd; ls'));
        const [directory = '', files] = result!.output.split('\n');
        expect(files).toBe('file');
        expect(existsSync(directory)).toBe(false);
      });
    });

    describe('outcome and output', () => {
      it('logs both streams and keeps stdout', async () => {
        const log = new RecordingLog();
        const outcome = await run(shell('echo out; echo err >&2'), { log });
        expect(outcome).toEqual({
          type: 'succeeded',
          result: { exitCode: 0, output: 'out\n', truncated: false },
        });
        expect(log.text).toMatchObject({ stdout: 'out\n', stderr: 'err\n' });
      });

      it('fails with the exit code, and keeps stderr when that is all there is', async () => {
        expect(await run(shell('echo broken >&2; exit 3'))).toMatchObject({
          type: 'failed',
          cause: 'exit_code',
          error: { type: 'exit_code', message: 'exited with code 3' },
          result: { exitCode: 3, output: 'broken\n' },
        });
      });

      it.each(['SIGSEGV', 'SIGTERM', 'SIGABRT', 'SIGKILL'])(
        'names the signal that killed the command: %s',
        async (signal) => {
          const log = new RecordingLog();
          const script = `echo before >&2; kill -${signal.slice(3)} $$`;
          expect(await run(shell(script), { log })).toMatchObject({
            type: 'failed',
            cause: 'exit_code',
            error: { message: `killed by ${signal}` },
            result: { exitCode: null, output: 'before\n' },
          });
          expect(log.text.stderr).toBe('before\n');
        },
      );

      it('logs a character that was split across writes whole', async () => {
        const log = new RecordingLog();
        const script =
          'process.stdout.write(Buffer.from([0xe2]), () => setTimeout(() => process.stdout.write(Buffer.from([0x82, 0xac])), 50))';
        await run({ type: 'command', command: process.execPath, args: ['-e', script] }, { log });
        expect(log.text.stdout).toBe('€');
      });

      it('does not grow with the output', async () => {
        const log = { bytes: 0, write: (_: string, text: string) => void (log.bytes += text.length) };
        const before = process.memoryUsage().arrayBuffers;
        const script = 'yes | head -c 200000000';
        const outcome = await started.runner.run(shell(script), aContext(), neverAborted(), log);
        expect(outcome).toMatchObject({ type: 'succeeded', result: { truncated: true } });
        expect(outcome.result?.output).toHaveLength(65_536);
        expect(log.bytes).toBeGreaterThanOrEqual(loggedOf200MB);
        expect(log.bytes).toBeLessThan(loggedOf200MB + 100_000);
        expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000);
      });
    });

    describe('what cannot be started', () => {
      it.each([
        ['an unknown command', { command: 'no-such-command-here' }, 'command_not_found'],
        ['a file that is not executable', { command: '/etc/passwd' }, 'command_not_found'],
        ['a directory', { command: '/' }, 'command_not_found'],
        ['NUL in the command', { command: 'a\0b' }, 'invalid_target'],
        ['NUL in an argument', { command: 'echo', args: ['a\0b'] }, 'invalid_target'],
        ['NUL in the environment', { command: 'echo', env: { A: 'a\0b' } }, 'invalid_target'],
        ['too long an argument', { command: 'echo', args: ['x'.repeat(3_000_000)] }, 'invalid_target'],
        ['an empty command', { command: '' }, 'invalid_target'],
      ])('fails %s, not to be retried', async (_, target, type) => {
        const outcome = await run({ type: 'command', ...target });
        expect(outcome).toMatchObject({ type: 'failed', cause: 'target', error: { type }, result: null });
      });

      it('says of a command line that no shell reads it', async () => {
        const outcome = await run({ type: 'command', command: 'echo hello && date' });
        const message = expect.stringMatching(
          /^the command "echo hello && date" was not found.*no shell reads it/,
        );
        expect(outcome).toMatchObject({ error: { type: 'command_not_found', message } });
      });

      it('fails parameters that do not fit the environment', async () => {
        const parameters = { text: 'x'.repeat(3_000_000) };
        expect(await run(shell('true'), { context: { parameters } })).toMatchObject({
          error: { type: 'invalid_target' },
        });
      });
    });

    describe('the end of the process group', () => {
      it('starts nothing if the signal has already aborted', async () => {
        const log = new RecordingLog();
        const outcome = await run(shell('echo started'), { signal: AbortSignal.abort(TIMED_OUT), log });
        expect(outcome).toEqual({ type: 'aborted', reason: TIMED_OUT, result: null });
        expect(log.text.stdout).toBe('');
      });

      it('ends a command that heeds SIGTERM, keeping its last words', async () => {
        const [abort, log] = [new AbortController(), new RecordingLog()];
        const ended = run(shell("trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 0.05; done"), {
          signal: abort.signal,
          log,
        });
        await log.until('stdout', /up/);
        abort.abort(TIMED_OUT);
        expect(await ended).toEqual({
          type: 'aborted',
          reason: TIMED_OUT,
          result: { exitCode: 7, output: 'up\nbye\n', truncated: false },
        });
      });

      it('kills a command that ignores SIGTERM, and its grandchild', async () => {
        const [abort, log] = [new AbortController(), new RecordingLog()];
        const mark = randomUUID();
        const script = `trap "" TERM; ${leavesGrandchild(mark)} echo up; while :; do sleep 1; done`;
        const ended = run(shell(script), { signal: abort.signal, log });
        await log.until('stdout', /up/);
        expect(markedProcesses(mark)).not.toEqual([]); // two while its shell is about to become a `sleep`
        abort.abort(TIMED_OUT);
        expect(await ended).toMatchObject({
          type: 'aborted',
          reason: TIMED_OUT,
          result: { exitCode: null },
          forced: true,
        });
        await untilGone(mark);
      });

      it('does not wait for a grandchild that holds the pipes, and leaves none behind', async () => {
        const mark = randomUUID();
        const outcome = await run(shell(`${leavesGrandchild(mark)} echo done`));
        expect(outcome).toMatchObject({ type: 'succeeded', result: { exitCode: 0 } });
        await untilGone(mark);
      });

      it('does not hang on a daemon that left the group with the pipes; a namespace ends it too', async () => {
        const mark = randomUUID();
        expect(await run(shell(leavesDaemon(mark)))).toMatchObject({ type: 'succeeded' });
        if (inForce === 'process_group') killMarked(mark);
        await untilGone(mark);
      });

      it('of a time-out is that of a daemon that left the group, where there is a namespace', async () => {
        const [abort, log, mark] = [new AbortController(), new RecordingLog(), randomUUID()];
        const ended = run(shell(`${leavesDaemon(mark)}; echo up; exec sleep 60`), {
          signal: abort.signal,
          log,
        });
        await log.until('stdout', /up/);
        abort.abort(TIMED_OUT);
        expect(await ended).toMatchObject({ type: 'aborted', result: { exitCode: null } });
        if (inForce === 'process_group') killMarked(mark);
        await untilGone(mark);
      });
    });
  },
);
