import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, jest } from '@jest/globals';
import { TargetServer } from '../../support/target-server.js';
import { waitFor } from '../../support/wait-for.js';
import { type Answer, ApiClient, type Page, type RequestHeaders } from './api-client.js';
import { type Environment, NpmStart } from './npm-start.js';
import type { Execution, Job, LogLine, Schedule } from './resources.js';

const START_TIMEOUT_MS = 100_000;
const TEST_TIMEOUT_MS = 60_000;
const FINAL_STATES = ['succeeded', 'failed', 'timed_out', 'cancelled', 'skipped', 'missed'];

/**
 * `npm start` for all tests of a file, on data of the file's own, with a target server beside it.
 * @param environmentFor variables that depend on where the target server is
 */
export function useRunningService(
  environmentFor: (target: TargetServer) => Environment = () => ({}),
): RunningService {
  jest.setTimeout(TEST_TIMEOUT_MS);
  const service = new RunningService(environmentFor);
  beforeAll(() => service.start(), START_TIMEOUT_MS);
  afterAll(() => service.stop(), START_TIMEOUT_MS);
  return service;
}

export class RunningService {
  api!: ApiClient;
  target!: TargetServer;
  private npm: NpmStart | undefined;
  private dataDir!: string;
  private names = 0;

  constructor(private readonly environmentFor: (target: TargetServer) => Environment) {}

  async start(): Promise<void> {
    this.dataDir = mkdtempSync(path.join(tmpdir(), 'scheduler-e2e-'));
    // PostgreSQL runs as another user when the tests run as root.
    chmodSync(this.dataDir, 0o755);
    this.target = await TargetServer.start();
    await this.startAgain();
  }

  /** Nothing of it is left, or this throws. */
  async stop(): Promise<void> {
    await this.target.stop();
    await this.npm?.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** A second `npm start` on the same data, at another address. */
  async restart(): Promise<void> {
    await this.npm?.stop();
    await this.startAgain();
  }

  get workerUrl(): string {
    return this.npm?.workerUrl ?? '';
  }

  /** A job that calls a path of its own on the target server: `targetPath(job)`. */
  createJob(changes: object = {}): Promise<Job> {
    const name = this.newName();
    return this.create('/jobs', { name, target: this.httpTarget(`/${name}`), ...changes });
  }

  createCommand(code: string, changes: object = {}): Promise<Job> {
    return this.createJob({ target: { type: 'command', command: 'node', args: ['-e', code] }, ...changes });
  }

  createSchedule({ id }: Job, definition: object): Promise<Schedule> {
    return this.create(`/jobs/${id}/schedules`, definition);
  }

  /** Asks for a run and does not wait for it. */
  async execute({ id }: Job, body?: object, headers?: RequestHeaders): Promise<Execution> {
    return bodyOf(202, await this.api.post<Execution>(`/jobs/${id}/execute`, body, headers));
  }

  /** Asks for a run and waits for its end. */
  async run(job: Job, body?: object): Promise<Execution> {
    return this.ended((await this.execute(job, body)).id);
  }

  async execution(id: string): Promise<Execution> {
    return bodyOf(200, await this.api.get<Execution>(`/executions/${id}`));
  }

  async schedule(id: string): Promise<Schedule> {
    return bodyOf(200, await this.api.get<Schedule>(`/schedules/${id}`));
  }

  /** All executions that a query finds, newest first. */
  async executions(query: string): Promise<Execution[]> {
    const pages = await this.api.pages<Execution>(`/executions?limit=200&${query}`);
    return pages.flatMap(({ items }) => items);
  }

  async logs(executionId: string): Promise<LogLine[]> {
    return bodyOf(200, await this.api.get<Page<LogLine>>(`/executions/${executionId}/logs`)).items;
  }

  ended(executionId: string, timeoutMs = 20_000): Promise<Execution> {
    return this.until(executionId, FINAL_STATES, timeoutMs);
  }

  until(executionId: string, states: readonly string[], timeoutMs = 20_000): Promise<Execution> {
    return waitFor(
      async () => {
        const execution = await this.execution(executionId);
        return states.includes(execution.state) && execution;
      },
      { timeoutMs, describe: `execution ${executionId} to be ${states.join(' or ')}` },
    );
  }

  newName(): string {
    this.names += 1;
    return `job-${this.names}`;
  }

  httpTarget(at: string): object {
    return { type: 'http', url: this.target.url(at) };
  }

  private async create<T>(at: string, body: object): Promise<T> {
    return bodyOf(201, await this.api.post<T>(at, body));
  }

  private async startAgain(): Promise<void> {
    this.npm = undefined;
    this.npm = await NpmStart.start(this.dataDir, this.environmentFor(this.target));
    this.api = new ApiClient(this.npm.url);
  }
}

/** The path that `createJob` gives a job. */
export function targetPath({ name }: Job): string {
  return `/${name}`;
}

/** The body of an answer that has to have this status; another one fails with its body in the message. */
export function bodyOf<T>(status: number, answer: Answer<T>): T {
  expect({ status: answer.status, ...(answer.status !== status && { body: answer.body }) }).toEqual({
    status,
  });
  return answer.body;
}
