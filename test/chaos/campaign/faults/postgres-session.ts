import { Client } from 'pg';
import type { PostgresServer } from '../machine.js';

/** In one session, which the server may end in the middle of the work. */
export async function withClient(url: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** @throws while it does not */
export async function answers(postgres: PostgresServer): Promise<boolean> {
  await withClient(postgres.url('scheduler'), (client) => client.query('SELECT 1'));
  return true;
}
