import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './error-code.js';

/**
 * SECRETS_KEYS for the embedded database, made at the first start and kept beside it for this user's eyes only. A server
 * of one's own gets none: its data outlives this folder.
 */
export async function secretsKeysIn(dataDir: string): Promise<string> {
  const file = path.join(dataDir, 'secrets.keys');
  const made = `local:${randomBytes(32).toString('base64')}`;
  try {
    await writeFile(file, `${made}\n`, { mode: 0o600, flag: 'wx' });
    return made;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    return (await readFile(file, 'utf8')).trim();
  }
}
