import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { anyFreePort, isPortFree } from '../ports.js';

/** How to reach the embedded server. Kept beside its data, so that a psql session or a script survives restarts. */
export interface PostgresAccess {
  readonly port: number;
  readonly password: string;
}

/** The stored access, or a new one; with another port when the remembered one was taken meanwhile. */
export async function loadAccess(dataDir: string): Promise<PostgresAccess> {
  const file = path.join(dataDir, 'postgres-access.json');
  const stored = await readAccess(file);
  if (stored && (await isPortFree(stored.port, '127.0.0.1'))) return stored;
  const access = {
    port: await anyFreePort(),
    password: stored?.password ?? randomBytes(24).toString('base64url'),
  };
  await writeFile(file, JSON.stringify(access), { mode: 0o600 });
  return access;
}

async function readAccess(file: string): Promise<PostgresAccess | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as PostgresAccess);
}

export function databaseUrl(access: PostgresAccess, database: string): string {
  return `postgresql://postgres:${access.password}@127.0.0.1:${access.port}/${database}`;
}
