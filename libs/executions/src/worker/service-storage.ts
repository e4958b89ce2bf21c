import { Injectable } from '@nestjs/common';
import { Clock } from '@app/platform/clock';
import { KeptBriefly } from '@app/platform/database';
import type { Outcome, RunResult } from '@app/targets';
import { StorageRepository } from '../history/storage.repository.js';

/** How long a change may take to reach the workers; the count itself is minutes old. */
const KEPT_MS = 5_000;

/** Whether what a run puts out is still kept: a service that is full has its runs all the same. */
@Injectable()
export class ServiceStorage {
  private readonly kept: KeptBriefly<boolean>;

  constructor(storage: StorageRepository, clock: Clock) {
    this.kept = new KeptBriefly(
      async (services) => {
        const full = await storage.full(services);
        return services.map((service) => full.has(service));
      },
      KEPT_MS,
      () => clock.monotonicMs(),
    );
  }

  /** A database that is away says nothing: the run goes on, and its output is kept. */
  isFull(service: string): Promise<boolean> {
    return this.kept.of(service).catch(() => false);
  }
}

/** How it ended, without what it put out. */
export function withoutOutput(outcome: Outcome): Outcome {
  if (!('result' in outcome) || outcome.result === null) return outcome;
  return { ...outcome, result: emptied(outcome.result) };
}

function emptied({ headers: _headers, output, truncated, ...ends }: RunResult): RunResult {
  return { ...ends, output: '', truncated: truncated || output !== '' };
}
