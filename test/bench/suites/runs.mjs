const CONCURRENCY = 300;
const MANY = { runs: 20_000, warmUpRuns: 4_000, concurrency: CONCURRENCY };
/** Whoever has its queue in Postgres is slower by an order of magnitude. */
const FEWER = { runs: 6_000, warmUpRuns: 1_000, concurrency: CONCURRENCY };

export const runs = {
  name: 'runs',
  figures: [
    { name: 'perSecond', label: 'runs/s' },
    { name: 'nodeMicros', label: 'Node µs a run' },
    { name: 'postgresMicros', label: 'PostgreSQL µs a run' },
    { name: 'redisMicros', label: 'Redis µs a run' },
  ],
  contestants: {
    oursRedis: { label: 'ours on Redis', module: 'runs-ours', options: { backend: 'redis', ...MANY } },
    bullmqRedis: {
      label: 'BullMQ on Redis, nothing stored',
      module: 'runs-bullmq',
      options: { backend: 'redis', ...MANY },
    },
    oursPostgres: {
      label: 'ours on Postgres',
      module: 'runs-ours',
      options: { backend: 'postgres', ...FEWER },
    },
    executedRedis: {
      label: 'ours on Redis, executed by hand',
      module: 'runs-ours',
      options: { backend: 'redis', byHand: true, ...MANY },
    },
    executedPostgres: {
      label: 'ours on Postgres, executed by hand',
      module: 'runs-ours',
      options: { backend: 'postgres', byHand: true, ...FEWER },
    },
    bullmqPostgres: {
      label: 'BullMQ on Postgres, nothing stored',
      module: 'runs-bullmq',
      options: { backend: 'postgres', ...FEWER },
    },
    graphile: {
      label: 'graphile-worker with history',
      module: 'runs-graphile-worker',
      options: { localQueue: false, ...FEWER },
    },
    graphileLocal: {
      label: 'graphile-worker with local queue, batched completion and history',
      module: 'runs-graphile-worker',
      options: { localQueue: true, ...FEWER },
    },
    pgBoss: {
      label: 'pg-boss, work with batches of 1,000, with history',
      module: 'runs-pg-boss',
      options: { handlers: true, ...FEWER },
    },
    pgBossFetch: {
      label: 'pg-boss, fetch 1,000 in a loop, history a batch at a time',
      module: 'runs-pg-boss',
      options: FEWER,
    },
    limit: { label: 'bare pg, INSERT + 2 UPDATEs', module: 'runs-limit', options: MANY },
  },
  ratios: [
    ratio('ours on Redis / BullMQ on Redis, nothing stored', 'oursRedis', 'bullmqRedis', '≥ 0.5, then 0.7'),
    ratio('ours on Postgres / BullMQ on Postgres, nothing stored', 'oursPostgres', 'bullmqPostgres', '≥ 0.8'),
    ratio('ours on Redis / graphile-worker', 'oursRedis', 'graphile', '≥ 2'),
    ratio('ours on Redis / graphile-worker with local queue', 'oursRedis', 'graphileLocal'),
    ratio('ours on Redis, executed by hand / BullMQ on Redis', 'executedRedis', 'bullmqRedis'),
    ratio('ours on Postgres, executed by hand / BullMQ on Postgres', 'executedPostgres', 'bullmqPostgres'),
    ratio('ours on Redis / pg-boss, work', 'oursRedis', 'pgBoss', '≥ 5'),
    ratio('ours on Redis / pg-boss, fetch in a loop', 'oursRedis', 'pgBossFetch'),
    ratio('ours on Postgres / graphile-worker', 'oursPostgres', 'graphile'),
    ratio('ours on Postgres / pg-boss, work', 'oursPostgres', 'pgBoss'),
    ratio('ours on Redis / the limit', 'oursRedis', 'limit'),
  ],
};

function ratio(label, of, to, goal) {
  return { label: `runs/s, ${label}`, of: `${of}.perSecond`, to: `${to}.perSecond`, goal };
}
