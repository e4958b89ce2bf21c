/** pg-boss has one schedule a queue, and asks for each queue by itself. */
const COUNT = 100;
const SOURCES = {
  oursRedis: ['ours on Redis', 'cron-ours', 'redis'],
  bullmqRedis: ['BullMQ job schedulers on Redis', 'cron-bullmq', 'redis'],
  oursPostgres: ['ours on Postgres', 'cron-ours', 'postgres'],
  bullmqPostgres: ['BullMQ job schedulers on Postgres', 'cron-bullmq', 'postgres'],
  graphile: ['graphile-worker', 'cron-graphile-worker', 'postgres'],
  pgBoss: ['pg-boss', 'cron-pg-boss', 'postgres'],
};

/** Where `delay` cannot go: schedulers that know nothing finer than minutes. */
export const cron = {
  name: 'cron',
  figures: [
    { name: 'p50', label: 'p50 ms' },
    { name: 'p99', label: 'p99 ms' },
    { name: 'max', label: 'max ms' },
    { name: 'started', label: `started of ${COUNT}` },
  ],
  contestants: Object.fromEntries(
    Object.entries(SOURCES).map(([key, [label, module, backend]]) => [
      key,
      { label, module, options: { backend, count: COUNT, cron: '* * * * *' } },
    ]),
  ),
  ratios: [
    ratio('on Redis, ours / BullMQ job schedulers', 'oursRedis', 'bullmqRedis'),
    ratio('on Redis, ours / graphile-worker', 'oursRedis', 'graphile'),
    ratio('on Postgres, ours / BullMQ job schedulers', 'oursPostgres', 'bullmqPostgres'),
    ratio('on Postgres, ours / graphile-worker', 'oursPostgres', 'graphile'),
    ratio('on Postgres, ours / pg-boss', 'oursPostgres', 'pgBoss'),
  ],
};

function ratio(label, of, to) {
  return { label: `start delay p99 of ${COUNT} crons at once ${label}`, of: `${of}.p99`, to: `${to}.p99` };
}
