const RATES = [100, 500, 1_000];
const CONCURRENCY = 300;
const SOURCES = {
  oursRedis: ['ours on Redis', 'delay-ours', 'redis'],
  bullmqRedis: ['BullMQ job schedulers on Redis', 'delay-bullmq', 'redis'],
  oursPostgres: ['ours on Postgres', 'delay-ours', 'postgres'],
  bullmqPostgres: ['BullMQ job schedulers on Postgres', 'delay-bullmq', 'postgres'],
};

export const delay = {
  name: 'delay',
  figures: [
    { name: 'p50', label: 'p50 ms', goal: { oursRedis500: '≤ 20' } },
    { name: 'p99', label: 'p99 ms', goal: { oursRedis500: '≤ 100' } },
    { name: 'max', label: 'max ms' },
    { name: 'startsPerSecond', label: 'starts/s' },
  ],
  contestants: Object.fromEntries(
    RATES.flatMap((perSecond) =>
      Object.entries(SOURCES).map(([key, [label, module, backend]]) => [
        `${key}${perSecond}`,
        {
          label: `${perSecond}/s, ${label}`,
          module,
          options: { backend, perSecond, concurrency: CONCURRENCY },
        },
      ]),
    ),
  ),
  ratios: RATES.flatMap((perSecond) =>
    ['Redis', 'Postgres'].map((store) => ({
      label: `start delay p99 at ${perSecond}/s on ${store}, ours / BullMQ job schedulers`,
      of: `ours${store}${perSecond}.p99`,
      to: `bullmq${store}${perSecond}.p99`,
      goal: '≤ 1',
    })),
  ),
};
