const stored = (executions, schedules) => ({
  label: `${executions.toLocaleString('en-US')} executions and ${schedules.toLocaleString('en-US')} schedules stored`,
  module: 'growth',
  options: { executions, schedules },
  keep: true,
});

const FIGURES = {
  job: 'GET /jobs/{id}, requests/s',
  jobs: 'GET /jobs?limit=50, requests/s',
  history: 'GET /jobs/{id}/executions, requests/s',
  create: 'POST /jobs, requests/s',
  execute: 'POST /jobs/{id}/execute, requests/s',
  runsPerSecond: 'runs/s on Redis',
};

/** How many times worse a figure is with much stored. */
export const growth = {
  name: 'growth',
  figures: [
    ...Object.entries(FIGURES).map(([name, label]) => ({ name, label })),
    { name: 'delayP99', label: 'start delay p99 ms at 500/s', digits: 1 },
  ],
  contestants: { little: stored(100_000, 1_000), much: stored(10_000_000, 1_000_000) },
  ratios: [
    ...Object.entries(FIGURES).map(([name, label]) => ({
      label: `${label}, little / much stored`,
      of: `little.${name}`,
      to: `much.${name}`,
      goal: '≤ 1.5',
    })),
    {
      label: 'start delay p99, much / little stored',
      of: 'much.delayP99',
      to: 'little.delayP99',
      goal: '≤ 1.5',
    },
  ],
};
