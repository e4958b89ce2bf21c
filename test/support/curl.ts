import { spawnSync } from 'node:child_process';
import { it } from '@jest/globals';

const isMissing = spawnSync('curl', ['--version']).error !== undefined;

if (isMissing && process.env.CI === 'true')
  throw new Error('curl is not installed, and CI=true needs it (Debian: apt-get install curl).');

/** `it` where the commands that we print and write down can be run as they stand; elsewhere the test is skipped. */
export const withCurl: typeof it | typeof it.skip = isMissing ? it.skip : it;
