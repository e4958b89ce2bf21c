const stored = (schedules) => ({
  label: `${schedules.toLocaleString('en-US')} schedules stored, 1,000 due a second`,
  module: 'tick-ours',
  options: { schedules },
  keep: true,
});

export const tick = {
  name: 'tick',
  figures: [
    { name: 'p50', label: 'p50 ms', digits: 1 },
    { name: 'p99', label: 'p99 ms', digits: 1 },
    { name: 'firesPerSecond', label: 'fires/s meanwhile' },
  ],
  contestants: { few: stored(10_000), many: stored(1_000_000) },
  ratios: [
    { label: 'tick p99, 1,000,000 / 10,000 schedules stored', of: 'many.p99', to: 'few.p99', goal: '≤ 1.3' },
    { label: 'tick p50, 1,000,000 / 10,000 schedules stored', of: 'many.p50', to: 'few.p50' },
  ],
};
