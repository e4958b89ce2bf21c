/** How fast `count` things went, and what CPU time it took for each. */
import { serverSeconds } from './server-time.mjs';

export function startMeter() {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  return (count) => {
    const seconds = (performance.now() - startedAt) / 1_000;
    const { user, system } = process.cpuUsage(before);
    return { perSecond: count / seconds, nodeMicros: (user + system) / count };
  };
}

/** The same with the CPU time of PostgreSQL and Redis for each: other work on the machine changes it least. */
export async function startFullMeter() {
  const before = await serverSeconds();
  const read = startMeter();
  return async (count) => {
    const figures = read(count);
    const after = await serverSeconds();
    return {
      ...figures,
      postgresMicros: ((after.postgres - before.postgres) / count) * 1e6,
      redisMicros: ((after.redis - before.redis) / count) * 1e6,
    };
  };
}
