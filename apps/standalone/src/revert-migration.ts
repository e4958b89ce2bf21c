/** Takes back the newest migration of the database of DATABASE_URL, then ends: the way back from prepare-databases.ts. */
import { readConfig } from '@app/platform/config';
import { exitOnCommandFault, revertLastMigration } from '@app/platform/database';

async function main(): Promise<void> {
  const { databaseUrl } = await readConfig();
  const reverted = await revertLastMigration(databaseUrl);
  console.log(reverted ? `Reverted ${reverted}.` : 'There is no migration to revert.');
}

await main().catch(exitOnCommandFault);
