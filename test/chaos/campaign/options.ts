import { parseArgs } from 'node:util';

export type QueueBackend = 'redis' | 'postgres';

export interface CampaignOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly backend: QueueBackend;
  /** Kinds of faults to inflict, in this order and over again; empty for all of them, shuffled by the seed. */
  readonly faults: readonly string[];
  readonly workers: number;
  /** Start delay allowed while nothing is broken. */
  readonly lateMs: number;
}

export interface ChaosOptions extends CampaignOptions {
  readonly mutants: boolean;
  /** Measure what a worker needs at worst, in place of a campaign. */
  readonly memory: boolean;
  /** Where to write the verdict as JSON, too. */
  readonly jsonFile: string | null;
}

/** On a shared machine of two cores a start takes longer than the contract's 1 s now and then; p99 is reported beside it. */
const LATE_MS = 2_000;

export const USAGE = `npm run chaos -- [--minutes N] [--seed S] [--backend redis|postgres] [--faults a,b] [--workers N] [--late-ms N]
                  [--mutants] [--memory] [--json FILE]`;

/** @throws Error for an argument that is not understood */
export function readOptions(args: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
      backend: { type: 'string', default: 'redis' },
      faults: { type: 'string', default: '' },
      workers: { type: 'string', default: '3' },
      'late-ms': { type: 'string', default: String(LATE_MS) },
      mutants: { type: 'boolean', default: false },
      memory: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  return {
    minutes: positive('minutes', values.minutes),
    seed: Number(values.seed),
    backend: backendOf(values.backend),
    faults: values.faults.split(',').filter((kind) => kind !== ''),
    workers: positive('workers', values.workers),
    lateMs: positive('late-ms', values['late-ms']),
    mutants: values.mutants,
    memory: values.memory,
    jsonFile: values.json ?? null,
  };
}

/** The command that repeats a campaign. */
export function commandOf({ minutes, seed, backend, faults, workers, lateMs }: CampaignOptions): string {
  const chosen = faults.length > 0 ? ` --faults ${faults.join(',')}` : '';
  const late = lateMs === LATE_MS ? '' : ` --late-ms ${lateMs}`;
  return `npm run chaos -- --minutes ${minutes} --seed ${seed} --backend ${backend} --workers ${workers}${late}${chosen}`;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name}: "${text}" is no number above 0\n${USAGE}`);
  return value;
}

function backendOf(text: string): QueueBackend {
  if (text === 'redis' || text === 'postgres') return text;
  throw new Error(`--backend: "${text}" is neither redis nor postgres\n${USAGE}`);
}
