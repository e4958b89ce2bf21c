import { spawnSync } from 'node:child_process';
import { it } from '@jest/globals';

export interface PromtoolAnswer {
  readonly status: number | null;
  /** Both streams: promtool says on either what is wrong. */
  readonly output: string;
}

export function promtool(args: readonly string[], input = ''): PromtoolAnswer {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8', input });
  return { status, output: stdout + stderr };
}

const isMissing = spawnSync('promtool', ['--version']).error !== undefined;

if (isMissing && process.env.CI === 'true')
  throw new Error('promtool is not installed, and CI=true needs it (Debian: apt-get install prometheus).');

/** `it` where Prometheus' tools are installed; elsewhere the test is skipped. In CI they have to be there. */
export const withPromtool: typeof it | typeof it.skip = isMissing ? it.skip : it;
