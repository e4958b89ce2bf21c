/** How fast `count` things went, and what Node's CPU time was for each. */
export function startMeter() {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  return (count) => {
    const seconds = (performance.now() - startedAt) / 1_000;
    const { user, system } = process.cpuUsage(before);
    return { perSecond: count / seconds, nodeMicros: (user + system) / count };
  };
}
