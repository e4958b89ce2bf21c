/**
 * Puts every secret under the first key of SECRETS_KEYS. Put a new key first, restart api and worker, run this, and take
 * the old key away once it reports nothing unreadable.
 */
import { readConfig } from '@app/platform/config';
import { exitOnCommandFault } from '@app/platform/database';
import { StartupFault } from '@app/platform/lifecycle';
import { ProblemError } from '@app/platform/problem';
import { rotateMasterKeys } from '@app/secrets';

async function main(): Promise<void> {
  const { rewrapped, unreadable } = await rotateMasterKeys(await readConfig()).catch(inWords);
  console.log(`Rewrapped ${rewrapped}.`);
  if (unreadable.length > 0) throw new StartupFault(`No key of SECRETS_KEYS opens ${unreadable.join(', ')}.`);
}

/** What the api would tell its caller is for whoever runs this, and no bug: that there are no keys. */
function inWords(error: unknown): never {
  throw error instanceof ProblemError ? new StartupFault(error.message) : error;
}

await main().catch(exitOnCommandFault);
