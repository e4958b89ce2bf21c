import type { DataSource } from 'typeorm';
import type { ReadinessCheck } from '@app/platform/health';
import { checkSchema } from './schema-check.js';

/** Reachable, and of the version that this code was written for. */
export function databaseReadiness(dataSource: DataSource): ReadinessCheck[] {
  return [
    {
      name: 'database',
      required: true,
      check: async () => {
        await dataSource.query('SELECT 1');
      },
    },
    {
      name: 'schema',
      required: true,
      check: async () => {
        const { ok, detail } = await checkSchema(dataSource);
        if (!ok) throw new Error(detail);
      },
    },
  ];
}
