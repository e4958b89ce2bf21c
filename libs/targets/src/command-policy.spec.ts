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
    });
  });

  it('permits a listed command by its id, with its fixed arguments', () => {
    const policy = load({ commands: [report] });
    const permitted = { type: 'permitted', path: '/usr/bin/report', args: ['--all'], env: {} };
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
  ])('refuses to start with %s', (_, content) => {
    expect(() => load(content)).toThrow(/COMMAND_TARGETS: .*commands\.json/);
  });

  it('refuses to start without the file', () => {
    expect(() => CommandPolicy.load({ allowListFile: '/no/such/file' })).toThrow(/COMMAND_TARGETS/);
  });
});
