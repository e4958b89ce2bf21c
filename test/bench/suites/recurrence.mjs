const CASES = { daily: 'daily in New York', yearly: 'yearly', minutely: 'every minute' };
const GOALS = { daily: '≤ 5', yearly: '≤ 20' };
const figures = Object.entries(CASES).map(([name, label]) => ({
  name,
  label: `${label}, µs`,
  digits: 2,
  goal: { ours: GOALS[name] },
}));

export const recurrence = {
  name: 'recurrence',
  figures,
  contestants: {
    ours: { label: 'ours', module: 'recurrence', options: { library: 'ours' } },
    cronParser: { label: 'cron-parser', module: 'recurrence', options: { library: 'cronParser' } },
    croner: { label: 'croner', module: 'recurrence', options: { library: 'croner' } },
  },
  ratios: Object.entries(CASES).flatMap(([name, label]) => [
    {
      label: `next instant ${label}, time of cron-parser / ours`,
      of: `cronParser.${name}`,
      to: `ours.${name}`,
    },
    { label: `next instant ${label}, time of croner / ours`, of: `croner.${name}`, to: `ours.${name}` },
  ]),
};
