import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { AppConfig } from '@app/platform/config';
import type { Claim } from '../domain/claim.js';
import type { Attempt } from '../domain/execution.js';
import type { Settlement } from '../domain/settlement.js';

/** Not `job`: that is the name of Prometheus' own label, so that a scrape would make it `exported_job`. */
const JOB = 'job_name';

const lastFinished = new Gauge({
  name: 'scheduler_job_last_finished_timestamp_seconds',
  help: 'When a run of the job last ended in this worker, by final state. Only with METRICS_PER_JOB.',
  labelNames: ['service', JOB, 'state'],
});

const lastDuration = new Gauge({
  name: 'scheduler_job_last_attempt_duration_seconds',
  help: 'How long the attempt took that last ended a run of the job in this worker. Only with METRICS_PER_JOB.',
  labelNames: ['service', JOB],
});

const ofService = new Counter({
  name: 'scheduler_service_executions_finished_total',
  help: 'Executions that ended in this worker, by service; `other` are those beyond the cap. Only with METRICS_PER_JOB.',
  labelNames: ['service', 'state'],
});

const unmeasured = new Counter({
  name: 'scheduler_job_runs_unmeasured_total',
  help: 'Runs of jobs beyond the cap of METRICS_PER_JOB.',
});

/**
 * Gauges per job and counters per service, for those who ask for them: users make jobs, so the number of series is capped. The first jobs that run
 * in this process have the places; who comes later is counted as left out.
 */
@Injectable()
export class JobMetrics {
  private readonly jobs = new Set<string>();
  private readonly services = new Set<string>();

  constructor(private readonly config: AppConfig) {}

  settled(claim: Claim, settlement: Settlement, attempt: Attempt): void {
    if (this.config.metricsPerJob === 0 || settlement.type !== 'finished') return;
    const service = this.hasPlace(this.services, claim.service) ? claim.service : 'other';
    ofService.inc({ service, state: settlement.state });
    if (!this.hasPlace(this.jobs, claim.jobId)) return unmeasured.inc();
    const labels = { service: claim.service, [JOB]: claim.jobName };
    const finishedAtMs = Date.parse(attempt.finishedAt);
    lastFinished.set({ ...labels, state: settlement.state }, finishedAtMs / 1_000);
    lastDuration.set(labels, (finishedAtMs - Date.parse(attempt.startedAt)) / 1_000);
  }

  private hasPlace(measured: Set<string>, key: string): boolean {
    if (measured.size < this.config.metricsPerJob) measured.add(key);
    return measured.has(key);
  }
}
