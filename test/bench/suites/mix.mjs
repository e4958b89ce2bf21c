const ours = (apis, label) => ({
  label: `${label}, the mission times ten for a minute`,
  module: 'mix',
  options: { apis },
  keep: true,
});

export const mix = {
  name: 'mix',
  figures: [
    { name: 'perSecond', label: 'requests/s' },
    { name: 'p50', label: 'p50 ms', digits: 1 },
    { name: 'p99', label: 'p99 ms', digits: 1, goal: { one: '≤ 50', two: '≤ 50' } },
    { name: 'max', label: 'max ms', digits: 1 },
    { name: 'errors', label: 'errors', goal: { one: '0', two: '0' } },
  ],
  contestants: {
    one: ours(1, 'one api'),
    two: ours(2, 'two apis, as compose and Kubernetes begin'),
  },
  ratios: [],
};
