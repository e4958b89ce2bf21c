export const mix = {
  name: 'mix',
  figures: [
    { name: 'perSecond', label: 'requests/s' },
    { name: 'p50', label: 'p50 ms', digits: 1 },
    { name: 'p99', label: 'p99 ms', digits: 1, goal: { ours: '≤ 50' } },
    { name: 'max', label: 'max ms', digits: 1 },
    { name: 'errors', label: 'errors', goal: { ours: '0' } },
  ],
  contestants: {
    ours: {
      label: 'ours, the mission times ten for a minute',
      module: 'mix',
      options: { server: 'ours' },
      keep: true,
    },
  },
  ratios: [],
};
