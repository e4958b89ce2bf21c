import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { StartupFault } from '@app/platform/lifecycle';
import { errorCode } from './error-code.js';

/** Creates DATA_DIR and proves that it takes a file, before anything expensive relies on it. */
export async function prepareDataDir(dataDir: string): Promise<void> {
  const probe = path.join(dataDir, `.probe-${process.pid}`);
  try {
    await mkdir(dataDir, { recursive: true });
    await writeFile(probe, '');
    await rm(probe);
  } catch (error) {
    throw new StartupFault(
      `Cannot write to the data folder ${dataDir} (${errorCode(error)}). Choose one you own: DATA_DIR=/path/to/folder npm start`,
    );
  }
}
