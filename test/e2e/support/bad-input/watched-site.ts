import { Client } from 'pg';
import { TargetServer } from '../../../support/target-server.js';
import { waitFor } from '../../../support/wait-for.js';
import { ApiClient, type RequestHeaders } from '../api-client.js';
import { Fleet } from '../fleet/fleet.js';
import type { Execution } from '../resources.js';

/** Of every kind one, for paths to name. */
export type Things = Readonly<Record<string, string>>;

/** Renewed by each worker every 5 s, whoever asks for what. */
const WRITTEN_WITHOUT_REQUESTS = 'worker_sessions';

/** An api and a worker, whose rows, queue and calls are watched. */
export class WatchedSite {
  private constructor(
    readonly api: ApiClient,
    readonly target: TargetServer,
    private readonly fleet: Fleet,
    private readonly database: Client,
  ) {}

  static async start(): Promise<WatchedSite> {
    const target = await TargetServer.start();
    const fleet = await Fleet.create({
      API_KEY_PEPPER: 'the pepper of this test, of 32 bytes and more',
      SECRETS_KEYS: `1:${Buffer.alloc(32, 1).toString('base64')}`,
      COMMAND_TARGETS: 'enabled',
    });
    await Promise.all([fleet.add('api'), fleet.add('worker')]);
    const database = new Client({ connectionString: fleet.database.url });
    await database.connect();
    return new WatchedSite(new ApiClient(fleet.nextApiUrl()), target, fleet, database);
  }

  /**
   * A digest of each table's rows with the transaction that wrote them, so that an update to the same value shows too; what
   * is queued; and how many calls the target had. Row versions, since the counters of `pg_stat` come a second late.
   */
  async state(): Promise<object> {
    const { body } = await this.api.get<{ queue: object }>('/status');
    return { rows: await this.rows(), queue: body.queue, calls: this.target.requests.length };
  }

  /** One of each kind, and nothing that is due before years have gone. */
  async furnish(): Promise<Things> {
    const job = await this.make(
      '/jobs',
      { name: 'there', target: { type: 'http', url: this.target.url('/there') } },
      'taken',
    );
    const calendar = await this.make('/calendars', { name: 'holidays', excludedDates: ['2031-01-01'] });
    const schedule = await this.make(`/jobs/${job}/schedules`, {
      type: 'cron',
      cronExpression: '0 0 29 2 *',
      startAt: '2099-01-01T00:00:00Z',
      calendars: ['holidays'],
    });
    const key = await this.make('/keys', { name: 'there', role: 'viewer' });
    await this.api.put('/secrets/THERE', { value: 'a value that is there' });
    await this.make('/signing-secrets/rotate', {});
    const execution = await this.run(job);
    return { job, calendar, schedule, key, execution };
  }

  /** Asks for a run and waits for its end. @returns its id */
  async run(jobId: string): Promise<string> {
    const id = await this.make(`/jobs/${jobId}/execute`, {});
    await waitFor(
      async () => (await this.api.get<Execution>(`/executions/${id}`)).body.state === 'succeeded',
      {
        describe: `execution ${id} to succeed`,
      },
    );
    return id;
  }

  async stop(): Promise<void> {
    await this.database.end();
    await this.fleet.stop();
    await this.target.stop();
  }

  private async make(path: string, body: object, key?: string): Promise<string> {
    const headers: RequestHeaders = key === undefined ? {} : { 'Idempotency-Key': key };
    const answer = await this.api.post<{ id: string }>(path, body, headers);
    if (answer.status >= 300) throw new Error(`POST ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body.id;
  }

  private async rows(): Promise<object> {
    const tables = await this.database.query<{ name: string }>(
      `SELECT oid::regclass::text AS name FROM pg_class
       WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> $1 ORDER BY 1`,
      [WRITTEN_WITHOUT_REQUESTS],
    );
    const digests = tables.rows.map(
      ({ name }) =>
        `SELECT '${name}' AS name, count(*) || ' rows, ' || coalesce(sum(hashtextextended(xmin::text || t::text, 0)), 0) AS digest FROM ${name} t`,
    );
    const { rows } = await this.database.query<{ name: string; digest: string }>(digests.join(' UNION ALL '));
    return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
  }
}
