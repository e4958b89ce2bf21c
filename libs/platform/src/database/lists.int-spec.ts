import { describe, expect, it } from '@jest/globals';
import { useDatabase } from '../../../../test/support/use-database.js';
import { listOf, listOfInstants, listOfJson } from './lists.js';
import { rowsOf } from './statement.js';

describe('a list', () => {
  const { dataSource } = useDatabase();

  const readAs = async (type: string, list: string) => {
    const rows = await rowsOf<{ value: unknown }>(dataSource, `SELECT unnest($1::${type}[]) AS value`, [
      list,
    ]);
    return rows.map(({ value }) => value);
  };

  it('holds words, numbers and nothing', async () => {
    expect(await readAs('text', listOf(['timed_out', null, undefined]))).toEqual(['timed_out', null, null]);
    expect(await readAs('integer', listOf([3_600_000, 0]))).toEqual([3_600_000, 0]);
    expect(await readAs('text', listOf([]))).toEqual([]);
  });

  it('holds any text as it is, also what an unquoted list would read as nothing or as its own marks', async () => {
    const words = ['null', 'NULL', '', ' ', 'a,b', '{}', 'a "b" c', 'back\\slash', 'line\nbreak'];
    expect(await readAs('text', listOf(words))).toEqual(words);
  });

  it('holds instants to the millisecond', async () => {
    const instants = [new Date('2026-11-23T20:45:19.123Z'), null, new Date('0099-01-01T00:00:00.000Z')];
    expect(await readAs('timestamptz', listOfInstants(instants))).toEqual(instants);
  });

  it('holds JSON, whatever a target put out', async () => {
    const output = `"quoted", {braced}\\ \\" \n\t\u2028 \u007f ${String.fromCodePoint(0x1f600)} NULL '$1'`;
    const values = [{ output, nested: { list: [1, 'a,b'] } }, null, {}];
    expect(await readAs('jsonb', listOfJson(values))).toEqual(values);
  });
});
