const ours = (backend, label) => ({
  label: `ours, queue on ${label}`,
  module: 'firing-ours',
  options: { backend },
  figures: [
    { name: 'committed', label: 'fires/s into committed executions' },
    { name: 'handedOver', label: 'fires/s handed over to the queue', goal: { oursRedis: '≥ 10,000' } },
    { name: 'nodeMicros', label: 'Node µs a fire' },
  ],
});

export const firing = {
  name: 'firing',
  figures: [
    { name: 'committed', label: 'rows/s' },
    { name: 'nodeMicros', label: 'Node µs a row' },
  ],
  contestants: {
    oursRedis: ours('redis', 'Redis'),
    oursPostgres: ours('postgres', 'Postgres'),
    limit: { label: 'bare pg, the same INSERT alone', module: 'firing-limit' },
  },
  ratios: [
    { label: 'ours handed over to Redis / bare INSERT', of: 'oursRedis.handedOver', to: 'limit.committed' },
    {
      label: 'ours on the Postgres queue / bare INSERT',
      of: 'oursPostgres.handedOver',
      to: 'limit.committed',
    },
  ],
};
