import { checkSchema } from '@app/platform/database';
import { type ReadinessCheck } from '@app/platform/health';
import { DataSource } from 'typeorm';

/** What the api needs: without the database it can promise nothing. */
export function readinessChecks(dataSource: DataSource): ReadinessCheck[] {
  return [
    { name: 'database', required: true, check: async () => void (await dataSource.query('SELECT 1')) },
    { name: 'schema', required: true, check: () => requireSchema(dataSource) },
  ];
}

async function requireSchema(dataSource: DataSource): Promise<void> {
  const { ok, detail } = await checkSchema(dataSource);
  if (!ok) throw new Error(detail);
}
