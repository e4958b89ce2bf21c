import { waitFor } from '../../support/wait-for.js';
import { ApiClient } from '../campaign/api-client.js';
import type { Machine } from '../campaign/machine.js';
import type { CampaignOptions } from '../campaign/options.js';
import { Site } from '../campaign/site.js';
import { MemoryTarget } from './memory-target.js';
import { ResidentMemory } from './resident-memory.js';

/** From few to many: a peak is never below what came before it. */
const HELD_RUNS = [10, 1_000, 5_000];
const MOST_HELD_RUNS = Math.max(...HELD_RUNS);
const HELD_GOAL_MB = 512;
const FLOOD_BYTES = 1024 ** 3;
const GROWTH_GOAL_MB = 50;
/** A young process grows whatever it does. */
const WARM_UP_RUNS = 1_000;
const CALLERS = 20;
const PATIENCE_MS = 300_000;
const WRITES_A_GIGABYTE = `const piece = Buffer.alloc(65536, 'x'.repeat(99) + '\\n');
let left = ${FLOOD_BYTES / 65_536};
const go = () => { while (left-- > 0) if (!process.stdout.write(piece)) return process.stdout.once('drain', go); };
go();`;

interface Figure {
  readonly what: string;
  readonly beforeMb: number;
  readonly peakMb: number;
  readonly goal: string;
  readonly isMet: boolean;
}

/** What one worker needs at worst, by the kernel's count. @returns whether the goals are met */
export async function measureMemory(machine: Machine, options: CampaignOptions): Promise<boolean> {
  const target = await new MemoryTarget().start();
  const site = await Site.start(machine, { ...options, workers: 1 }, new Set(), {
    WORKER_CONCURRENCY: String(MOST_HELD_RUNS),
    COMMAND_TARGETS: 'enabled',
    NODE_OPTIONS: '--max-semi-space-size=64',
  });
  try {
    const figures = await new MemoryBench(site, target, machine.log).measureAll();
    machine.log(tableOf(figures));
    return figures.every(({ isMet }) => isMet);
  } finally {
    target.release();
    await site.stop();
    await target.stop();
  }
}

class MemoryBench {
  private readonly api: ApiClient;
  private readonly memory: ResidentMemory;

  constructor(
    site: Site,
    private readonly target: MemoryTarget,
    private readonly log: (line: string) => void,
  ) {
    this.api = new ApiClient(site.apiUrls);
    this.memory = new ResidentMemory(site.workers[0]?.app.pid ?? NaN);
  }

  async measureAll(): Promise<Figure[]> {
    const quick = await this.job('quick', this.http('/quick'));
    await this.runToEnd(quick, WARM_UP_RUNS);
    const flood = await this.job('flood', this.http(`/flood/${FLOOD_BYTES}`));
    const writer = await this.job('writer', {
      type: 'command',
      command: 'node',
      args: ['-e', WRITES_A_GIGABYTE],
    });
    const held = await this.job('held', this.http('/held'));
    const figures = [
      await this.growth('a response of 1 GB', flood),
      await this.growth('a command that writes 1 GB', writer),
    ];
    for (const runs of HELD_RUNS) figures.push(await this.held(held, runs));
    return figures;
  }

  private async growth(what: string, jobId: string): Promise<Figure> {
    const beforeMb = await this.memory.beginPeak();
    await this.runToEnd(jobId, 1);
    const peakMb = await this.memory.peak();
    const isMet = peakMb - beforeMb < GROWTH_GOAL_MB;
    return this.tell({ what, beforeMb, peakMb, goal: `< ${GROWTH_GOAL_MB} MB more`, isMet });
  }

  private async held(jobId: string, runs: number): Promise<Figure> {
    const beforeMb = await this.memory.beginPeak();
    await this.ask(jobId, runs);
    await waitFor(() => this.target.heldCount === runs, {
      timeoutMs: PATIENCE_MS,
      describe: `${runs} open calls`,
    });
    this.target.release();
    await this.untilAtRest(jobId);
    const peakMb = await this.memory.peak();
    const what = `${runs} HTTP runs at once, to their end`;
    return this.tell({ what, beforeMb, peakMb, goal: `< ${HELD_GOAL_MB} MB`, isMet: peakMb < HELD_GOAL_MB });
  }

  private async runToEnd(jobId: string, runs: number): Promise<void> {
    await this.ask(jobId, runs);
    await this.untilAtRest(jobId);
  }

  private async ask(jobId: string, runs: number): Promise<void> {
    let left = runs;
    const caller = async () => {
      while (left-- > 0) await this.api.create(`/jobs/${jobId}/execute`, {});
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
  }

  /** @throws Error when a run did not succeed: what failed early proves nothing */
  private async untilAtRest(jobId: string): Promise<void> {
    const runs = (states: string) => this.api.list(`/jobs/${jobId}/executions?state=${states}`);
    await waitFor(async () => (await runs('pending,queued,running')).length === 0, {
      timeoutMs: PATIENCE_MS,
      describe: 'all runs to end',
    });
    const bad = await runs('failed,timed_out,cancelled');
    if (bad.length > 0) throw new Error(`not all runs succeeded: ${JSON.stringify(bad[0])}`);
  }

  private async job(name: string, target: object): Promise<string> {
    const { id } = await this.api.create<{ id: string }>('/jobs', { name, target, timeoutMs: PATIENCE_MS });
    return id;
  }

  private http(path: string): object {
    return { type: 'http', method: 'GET', url: this.target.url(path) };
  }

  private tell(figure: Figure): Figure {
    this.log(`  ${figure.what}: ${megabytes(figure.beforeMb)} → ${megabytes(figure.peakMb)}`);
    return figure;
  }
}

function tableOf(figures: readonly Figure[]): string {
  const lines = figures.map(
    ({ what, beforeMb, peakMb, goal, isMet }) =>
      `| ${what} | ${megabytes(beforeMb)} | ${megabytes(peakMb)} | ${megabytes(peakMb - beforeMb)} | ${goal} | ${isMet ? 'yes' : 'NO'} |`,
  );
  return [
    '| worker holds | before | peak | more | goal | met |',
    '|---|---:|---:|---:|---:|---|',
    ...lines,
  ].join('\n');
}

function megabytes(mb: number): string {
  return `${mb.toFixed(0)} MB`;
}
