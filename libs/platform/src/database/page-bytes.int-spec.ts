import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cursorOf, type Page, pageOf } from '@app/platform/http';
import { useDatabase } from '../../../../test/support/use-database.js';
import { bytesOf, PAGE_BYTES, withinPageBytes } from './page-bytes.js';
import { rowsOf } from './statement.js';

const CURSOR = cursorOf('rows', ['integer']);

interface Row {
  readonly id: number;
  readonly bytes: number;
}

describe('a page', () => {
  // One connection, which a temporary table is for.
  const { dataSource } = useDatabase({ poolSize: 1 });

  async function pageAfter(
    cursor: string | null,
    sizes: readonly number[],
    limit: number,
  ): Promise<Page<Row>> {
    const [after] = CURSOR.read(cursor ?? undefined) ?? [0];
    const page = `
      SELECT id, bytes FROM unnest($1::integer[]) WITH ORDINALITY AS sizes (bytes, id)
      WHERE id > $2 ORDER BY id LIMIT $3`;
    const rows = await rowsOf<Row>(dataSource, withinPageBytes(page), [sizes, after, limit + 1]);
    return pageOf(rows, limit, CURSOR, ({ id }) => [Number(id)]);
  }

  it('ends where its rows reach the limit of bytes, and shows no row twice and none never', async () => {
    const size = fc.oneof(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 1, max: PAGE_BYTES + 1 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(size, { maxLength: 30 }),
        fc.integer({ min: 1, max: 12 }),
        async (sizes, limit) => {
          const shown: number[] = [];
          let cursor: string | null = null;
          do {
            const { items, nextCursor }: Page<Row> = await pageAfter(cursor, sizes, limit);
            const allButLast = items.slice(0, -1).reduce((sum, { bytes }) => sum + bytes, 0);
            expect(items.length).toBeLessThanOrEqual(limit);
            expect(allButLast).toBeLessThan(PAGE_BYTES);
            if (sizes.length > 0) expect(items).not.toEqual([]);
            shown.push(...items.map(({ bytes }) => bytes));
            cursor = nextCursor;
          } while (cursor !== null);
          expect(shown).toEqual(sizes);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is cut for its bytes only', async () => {
    const { items } = await pageAfter(null, Array<number>(12).fill(PAGE_BYTES / 20), 10);
    expect(items).toHaveLength(10);
  });

  it('reckons with the length that a compressed column unpacks to', async () => {
    const table = `
      CREATE TEMPORARY TABLE things (small jsonb, large jsonb, nothing jsonb);
      INSERT INTO things VALUES ('{"a": 1}', (SELECT jsonb_agg('{}'::jsonb) FROM generate_series(1, 20000)), NULL);`;
    await dataSource.query(table);
    const [row] = await rowsOf<{ small: number; large: number; stored: number }>(
      dataSource,
      `SELECT ${bytesOf('small', 'nothing')} AS small, ${bytesOf('large')} AS large, pg_column_size(large) AS stored FROM things`,
    );
    expect(row?.small).toBeLessThan(100);
    expect(row?.large).toBe(80_000);
    expect(row?.stored).toBeLessThan(20_000);
  });
});
