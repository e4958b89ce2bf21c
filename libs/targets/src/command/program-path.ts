import { access, constants, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DEFAULT_PATH } from './command-environment.js';

/**
 * The file that `execvp` would find. We look it up ourselves if another program starts the command: its message about a
 * missing file could not be told from one that the command wrote.
 * @throws the system's error, with a `code`
 */
export async function programPath(
  command: string,
  environment: Readonly<Record<string, string>>,
  workDirectory: string,
): Promise<string> {
  if (command === '' || command.includes('\0')) throw errorWith('ERR_INVALID_ARG_VALUE');
  if (command.includes('/')) return executable(resolve(workDirectory, command));
  let code = 'ENOENT';
  for (const folder of (environment.PATH ?? DEFAULT_PATH).split(':')) {
    try {
      return await executable(resolve(workDirectory, join(folder, command)));
    } catch (error) {
      if ((error as { code?: string }).code === 'EACCES') code = 'EACCES';
    }
  }
  throw errorWith(code);
}

/** Folders have the executable bit too, so it must be a file. */
async function executable(file: string): Promise<string> {
  await access(file, constants.X_OK);
  if (!(await stat(file)).isFile()) throw errorWith('EACCES');
  return file;
}

function errorWith(code: string): Error {
  return Object.assign(new Error(code), { code });
}
