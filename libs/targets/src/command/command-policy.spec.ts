import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandPolicy } from './command-policy.js';

describe('CommandPolicy', () => {
  let directory: string;

  beforeAll(() => void (directory = mkdtempSync(join(tmpdir(), 'command-policy-'))));
  afterAll(() => rmSync(directory, { recursive: true }));

  function load(content: unknown): CommandPolicy {
    const allowListFile = join(directory, 'commands.json');
    writeFileSync(allowListFile, typeof content === 'string' ? content : JSON.stringify(content));
    return CommandPolicy.load({ allowListFile });
  }

  const report = { id: 'report', path: '/usr/bin/report', args: ['--all'] };

  it('refuses every command when disabled', () => {
    expect(CommandPolicy.load('disabled').permit({ type: 'command', command: 'true' })).toMatchObject({
      type: 'failed',
      cause: 'target',
      error: { type: 'command_disabled' },
    });
  });

  it('permits any command when enabled', () => {
    const target = { type: 'command', command: 'node', args: ['-v'], env: { A: '1' } } as const;
    expect(CommandPolicy.load('enabled').permit(target)).toEqual({
      type: 'permitted',
      path: 'node',
      args: ['-v'],
      env: { A: '1' },
      program: null,
    });
  });

  it('permits a listed command by its id, with its fixed arguments', () => {
    const policy = load({ commands: [report] });
    const permitted = {
      type: 'permitted',
      path: '/usr/bin/report',
      args: ['--all'],
      env: {},
      program: '/usr/bin/report',
    };
    expect(policy.permit({ type: 'command', command: 'report' })).toEqual(permitted);
  });

  it('refuses commands that are not listed, also by path', () => {
    const policy = load({ commands: [report] });
    for (const command of ['/usr/bin/report', 'sh', 'constructor']) {
      const refused = { type: 'failed', error: { type: 'command_not_allowed' } };
      expect(policy.permit({ type: 'command', command })).toMatchObject(refused);
    }
  });

  it("takes a job's arguments and environment only where the entry says so", () => {
    const target = {
      type: 'command',
      command: 'report',
      args: ['--eu'],
      env: { LD_PRELOAD: '/tmp/x' },
    } as const;
    const { env: _, ...withArgs } = target;
    expect(load({ commands: [report] }).permit(withArgs)).toMatchObject({ type: 'failed' });
    expect(load({ commands: [{ ...report, allowArgs: true }] }).permit(target)).toMatchObject({
      type: 'failed',
    });
    expect(load({ commands: [{ ...report, allowArgs: true, allowEnv: true }] }).permit(target)).toMatchObject(
      {
        type: 'permitted',
        args: ['--all', '--eu'],
        env: { LD_PRELOAD: '/tmp/x' },
      },
    );
  });

  it.each([
    ['no JSON', '{'],
    ['no list', {}],
    ['an entry without an id', { commands: [{ path: '/a' }] }],
    ['a relative path', { commands: [{ id: 'a', path: 'a' }] }],
    ['arguments that are no strings', { commands: [{ id: 'a', path: '/a', args: [1] }] }],
    ['null as an entry', { commands: [null] }],
    ['two of one id', { commands: [report, report] }],
    ['a key that it does not know', { commands: [{ ...report, allowArg: true }] }],
    ['a limit that it does not know', { commands: [{ ...report, limits: { memory: 1 } }] }],
    ['a limit that is no number', { commands: [{ ...report, limits: { cpuSeconds: '1' } }] }],
    ['a text without bounds', { commands: [{ ...report, parameters: { a: { type: 'string' } } }] }],
    ['an integer without bounds', { commands: [{ ...report, parameters: { a: { type: 'integer' } } }] }],
    ['a placeholder without a parameter', { commands: [{ ...report, args: ['{a}'], parameters: {} }] }],
  ])('refuses to start with %s', (_, content) => {
    expect(() => load(content)).toThrow(/COMMAND_TARGETS: .*commands\.json/);
  });

  it('refuses to start without the file', () => {
    expect(() => CommandPolicy.load({ allowListFile: '/no/such/file' })).toThrow(/COMMAND_TARGETS/);
  });

  describe('with typed parameters', () => {
    const typed = {
      ...report,
      args: ['--region={region}', '{days}'],
      parameters: {
        region: { type: 'string', pattern: '[a-z]{2}' },
        days: { type: 'integer', minimum: 1, maximum: 31 },
        mode: { type: 'string', enum: ['fast', 'full'], required: false },
        dry: { type: 'boolean', required: false },
      },
    };
    const permit = (parameters: Record<string, unknown>) =>
      load({ commands: [typed] }).permit({ type: 'command', command: 'report' }, parameters);

    it('fills the fixed arguments, each of which stays one', () => {
      expect(permit({ region: 'eu', days: 7, mode: 'fast', dry: true })).toMatchObject({
        type: 'permitted',
        args: ['--region=eu', '7'],
      });
    });

    it.each([
      [{ region: 'eu' }, 'the parameter days is missing'],
      [{ region: 'eu; rm', days: 1 }, 'the parameter region is not what the command takes'],
      [{ region: 'eu\n', days: 1 }, 'the parameter region is not what the command takes'],
      [{ region: ['eu'], days: 1 }, 'the parameter region is not what the command takes'],
      [{ region: 'eu', days: 0 }, 'the parameter days is not what the command takes'],
      [{ region: 'eu', days: 1.5 }, 'the parameter days is not what the command takes'],
      [{ region: 'eu', days: '1' }, 'the parameter days is not what the command takes'],
      [{ region: 'eu', days: 1, mode: 'slow' }, 'the parameter mode is not what the command takes'],
      [{ region: 'eu', days: 1, dry: 'yes' }, 'the parameter dry is not what the command takes'],
      [{ region: 'eu', days: 1, toString: 1 }, 'there is no parameter "toString"'],
    ])('refuses %j', (parameters, message) => {
      const refused = { type: 'failed', cause: 'target', error: { type: 'invalid_parameters', message } };
      expect(permit(parameters)).toMatchObject(refused);
    });
  });
});
