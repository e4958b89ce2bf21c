import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface ServiceIdentity {
  readonly name: string;
  readonly version: string;
}

/** Name and version from the nearest package.json above: the same file for sources and for `dist/`. */
export const serviceIdentity: ServiceIdentity = readIdentity(import.meta.dirname);

function readIdentity(folder: string): ServiceIdentity {
  const manifest = join(folder, 'package.json');
  if (existsSync(manifest)) {
    const { name, version } = JSON.parse(readFileSync(manifest, 'utf8')) as ServiceIdentity;
    if (version) return { name, version };
  }
  const parent = dirname(folder);
  if (parent === folder) return { name: 'job-scheduler', version: '0.0.0' };
  return readIdentity(parent);
}
