const REQUESTS = {
  job: ['GET /jobs/{id}', '≥ 0.6'],
  jobs: ['GET /jobs?limit=50', '≥ 0.6'],
  history: ['GET /jobs/{id}/executions', '≥ 0.6'],
  create: ['POST /jobs'],
  execute: ['POST /jobs/{id}/execute'],
};
const GOALS = { execute: { ours: '≥ 1,500' } };

const contestant = (label, server) => ({ label, module: 'api', options: { server }, keep: true });

export const api = {
  name: 'api',
  figures: Object.entries(REQUESTS).flatMap(([name, [request]]) => [
    { name, label: `${request}, requests/s`, goal: GOALS[name] },
    { name: `${name}P99`, label: `${request}, p99 ms`, digits: 1, goal: { ours: '≤ 50' } },
  ]),
  contestants: { ours: contestant('ours', 'ours'), bare: contestant('bare Express + pg', 'bare') },
  ratios: Object.entries(REQUESTS).map(([name, [request, goal]]) => ({
    label: `requests/s of ${request}, ours / bare Express + pg`,
    of: `ours.${name}`,
    to: `bare.${name}`,
    goal,
  })),
};
