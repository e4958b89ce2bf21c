import { type Environment, localUrl, type StandaloneSettings } from './settings.js';

const FIRST_KEY = `Make the first API key:

  KEY=$(npm run --silent key:create -- --service default --role admin --scopes commands:run)

`;
const CREDENTIAL = ` -H "authorization: Bearer $KEY"`;

/** What somebody who sees the service for the first time wants to do next. The `curl` works as it stands, repeatedly. */
export function banner(settings: StandaloneSettings, env: Environment, readyAfterMs: number): string {
  const api = localUrl(settings.host, settings.port);
  const worker = localUrl(settings.host, Number(env.WORKER_PORT));
  const isOpen = env.AUTH_MODE === 'none';
  const needs = whatPagesNeed(env);
  return `
Ready after ${(readyAfterMs / 1000).toFixed(1)} s. Ctrl-C stops everything.

  API       ${api}
  Docs      ${api}/docs${needs.docs}
  Health    ${api}/health/ready
  Metrics   ${api}/metrics${needs.apiMetrics}, ${worker}/metrics (worker${needs.workerMetrics})
  Data      ${whereDataIs(settings)}, queue on ${env.QUEUE_BACKEND}

${isOpen ? '' : FIRST_KEY}Create a job:

  ${createJobCommand(api, isOpen)}
`;
}

/** What a browser would be refused for; empty for what it just opens. */
function whatPagesNeed({ AUTH_MODE, DOCS_PUBLIC, METRICS_TOKEN }: Environment) {
  const isOpen = AUTH_MODE === 'none';
  const hasToken = METRICS_TOKEN !== undefined;
  const closed = ' (closed until METRICS_TOKEN is set)';
  return {
    docs: isOpen || DOCS_PUBLIC === 'true' ? '' : ' (needs a key; DOCS_PUBLIC=true opens it to a browser)',
    apiMetrics: hasToken ? ' (needs METRICS_TOKEN)' : isOpen ? '' : closed,
    workerMetrics: hasToken ? ', needs METRICS_TOKEN' : '',
  };
}

/** A folder or a server; its password is nobody's business. */
function whereDataIs({ databaseUrl, dataDir }: StandaloneSettings): string {
  if (databaseUrl === undefined) return `embedded PostgreSQL in ${dataDir}`;
  const { hostname, pathname } = new URL(databaseUrl);
  return `PostgreSQL on ${hostname}, database ${pathname.slice(1)}`;
}

/** The shell makes the name unique, since a second job of the same name is refused. */
function createJobCommand(api: string, isOpen: boolean): string {
  const job = `{"name":"hello-'$(date +%s)'","target":{"type":"command","command":"node","args":["-e","console.log(process.env.SCHEDULER_PARAMETERS)"]},"parameters":{"greeting":"hello"}}`;
  return `curl -s -X POST ${api}/jobs -H 'content-type: application/json'${isOpen ? '' : CREDENTIAL} -d '${job}'`;
}
