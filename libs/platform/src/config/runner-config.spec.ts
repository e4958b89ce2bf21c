import { describe, expect, it } from '@jest/globals';
import { loadRunnerConfig } from './runner-config.js';
import { VARIABLES } from './variables.js';

const SOCKET = { COMMAND_RUNNER_SOCKET: '/run/commands/runner.sock' };
const credentials = Object.entries(VARIABLES).flatMap(([name, { secret }]) => (secret ? [name] : []));

describe("a command runner's configuration", () => {
  it('is where it listens, what may run, how that is isolated, and its log', () => {
    expect(
      loadRunnerConfig({ ...SOCKET, COMMAND_TARGETS: '/etc/commands.json', NODE_ENV: 'production' }),
    ).toEqual({
      service: expect.objectContaining({ name: 'job-scheduler' }),
      logLevel: 'INFO',
      logFormat: 'json',
      socketPath: SOCKET.COMMAND_RUNNER_SOCKET,
      commandTargets: { allowListFile: '/etc/commands.json' },
      commandIsolation: 'auto',
    });
  });

  it('knows the credentials that matter', () => {
    expect(credentials).toEqual(
      expect.arrayContaining(['DATABASE_URL', 'REDIS_URL', 'SECRETS_KEYS', 'METRICS_TOKEN']),
    );
  });

  it.each(credentials)('is refused with %s, whose value is not shown', (name) => {
    expect(() => loadRunnerConfig({ ...SOCKET, [name]: '' })).not.toThrow();
    const load = (): unknown => loadRunnerConfig({ ...SOCKET, [name]: 'postgresql://u:hunter2hunter2@h/d' });
    expect(load).toThrow(new RegExp(`${name}: must not be set for a command runner`));
    expect(load).not.toThrow(/hunter2/);
  });

  it('is refused without a place to listen at', () => {
    expect(() => loadRunnerConfig({})).toThrow('COMMAND_RUNNER_SOCKET: is where');
  });
});
