import { setTimeout as delay } from 'node:timers/promises';
import { askedScheduleOf, type ScheduleModel } from '../checker/history.js';
import { ApiClient } from './api-client.js';
import type { TargetLog } from './target-log.js';
import { RETRIES } from './workload.js';

const ASK_EVERY_MS = 1_000;
const TARGET_DELAY_MS = 30;

/** Runs that a client asks for, of each api about one a second: due the moment they are accepted, and not before. */
export class ManualRuns {
  private constructor(private readonly askers: readonly Asker[]) {}

  static async create(apiUrls: readonly string[], target: TargetLog): Promise<ManualRuns> {
    const askers = apiUrls.map(async (url, index) => {
      const others = apiUrls.filter((other) => other !== url);
      const api = new ApiClient([url, ...others], `asker-${index + 1}`);
      const { id } = await api.create<{ id: string }>('/jobs', jobOf(`asked-of-api-${index + 1}`, target));
      return new Asker(api, id);
    });
    return new ManualRuns(await Promise.all(askers));
  }

  get jobIds(): string[] {
    return this.askers.map(({ jobId }) => jobId);
  }

  async askUntil(endsAt: number): Promise<void> {
    await Promise.all(this.askers.map((asker) => asker.askUntil(endsAt)));
  }

  /** The oracle's view: what was accepted has to run, at the instant that was confirmed. */
  get schedules(): ScheduleModel[] {
    return this.askers
      .map((asker) => asker.schedule)
      .filter(({ recurrence }) => recurrence.instants.length > 0);
  }
}

class Asker {
  private readonly instants: number[] = [];

  constructor(
    private readonly api: ApiClient,
    readonly jobId: string,
  ) {}

  async askUntil(endsAt: number): Promise<void> {
    for (; Date.now() < endsAt; await delay(ASK_EVERY_MS)) {
      const path = `/jobs/${this.jobId}/execute`;
      const { scheduledFor } = await this.api.create<{ scheduledFor: string }>(path, {});
      this.instants.push(Date.parse(scheduledFor));
    }
  }

  get schedule() {
    return {
      scheduleId: askedScheduleOf(this.jobId),
      recurrence: { type: 'asked', instants: this.instants },
      from: Math.min(...this.instants),
      until: Math.max(...this.instants),
      overlap: 'allow',
      deliveryGuarantee: 'at_least_once',
    } as const;
  }
}

function jobOf(name: string, target: TargetLog): object {
  return {
    name,
    target: { type: 'http', method: 'POST', url: target.url(TARGET_DELAY_MS, 0) },
    timeoutMs: 20_000,
    retryPolicy: RETRIES,
  };
}
