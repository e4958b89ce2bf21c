import type { DataSource, EntityManager } from 'typeorm';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Loops': number;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly PlanNode[];
}

/** What a statement did, of which its caller can say what it should not have done. */
export interface QueryPlan {
  readonly nodeTypes: ReadonlySet<string>;
  /** Which index was walked in the partitions that were looked into; by its name on the whole table. */
  readonly indexes: ReadonlySet<string>;
  /** Pages of tables and indexes, 8 KB each. */
  readonly buffers: number;
}

/**
 * Performs a statement, says how, and takes it back. A prepared statement's plan serves all parameters, so that is the plan
 * that is looked at for one.
 */
export function planOf(
  database: DataSource,
  sql: string,
  parameters: readonly unknown[],
  { prepared = false } = {},
): Promise<QueryPlan> {
  return takingBack(database, async (tx) => {
    if (prepared) await tx.query('SET LOCAL plan_cache_mode = force_generic_plan');
    const rows = await tx.query<[{ 'QUERY PLAN': [{ Plan: PlanNode }] }]>(
      `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ${sql}`,
      [...parameters],
    );
    const root = rows[0]['QUERY PLAN'][0].Plan;
    const nodes = flatten(root).filter((node) => node['Actual Loops'] > 0);
    const wholeOf = await wholeIndexes(tx);
    return {
      nodeTypes: new Set(nodes.map((node) => node['Node Type'])),
      indexes: new Set(nodes.flatMap((node) => wholeOf.get(node['Index Name'] ?? '') ?? [])),
      buffers: root['Shared Hit Blocks'] + root['Shared Read Blocks'],
    };
  });
}

async function takingBack<T>(database: DataSource, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  const runner = database.createQueryRunner();
  try {
    await runner.startTransaction();
    return await work(runner.manager);
  } finally {
    await runner.rollbackTransaction();
    await runner.release();
  }
}

function flatten(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}

/** A partition's index has a name of its own; the one it belongs to is known by the catalogue. */
async function wholeIndexes(tx: EntityManager): Promise<Map<string, string>> {
  const rows = await tx.query<{ part: string; whole: string }[]>(
    `SELECT i.inhrelid::regclass::text AS part, i.inhparent::regclass::text AS whole
     FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent WHERE c.relkind = 'I'`,
  );
  return new Map(rows.map(({ part, whole }) => [part, whole]));
}
