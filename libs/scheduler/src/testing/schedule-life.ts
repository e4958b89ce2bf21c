import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Job, JobsService } from '@app/jobs';
import { RecurrenceCache, type Schedule, SchedulePauses, SchedulesService } from '@app/schedules';
import { aCall } from '../../../../test/support/a-job.js';
import type { StoppedClock } from '../../../../test/support/stopped-clock.js';
import { ScheduleFirer } from '../schedule-firer.js';
import { type HistoryRow, InstantLedger } from './instant-ledger.js';

export type Definition = Parameters<SchedulesService['create']>[2];
export type Catchup = Parameters<SchedulePauses['resume']>[2];

export type Act =
  | { readonly act: 'change'; readonly to: (now: Date) => Partial<Definition> }
  | { readonly act: 'resume'; readonly catchup: Catchup }
  | { readonly act: 'fire' | 'end runs' | 'pause' | 'deactivate' | 'activate' | 'delete' | 'delete job' };

/** One schedule of one job, from its creation to its end, and the ledger of what its history owes. */
export class ScheduleLife {
  private readonly ledger = new InstantLedger();
  /** null once it is deleted. */
  private schedule: Schedule | null;
  private isJobActive = true;

  private constructor(
    private readonly app: INestApplicationContext,
    private readonly clock: StoppedClock,
    private readonly job: Job,
    private definition: Definition,
    created: Schedule,
  ) {
    this.schedule = created;
    this.ledger.define(this.recurrenceOf(created), this.now, true);
  }

  static async begin(app: INestApplicationContext, clock: StoppedClock, definition: Definition) {
    const job = await app.get(JobsService, { strict: false }).create('default', aCall());
    const created = await app.get(SchedulesService).create('default', job.id, definition);
    return new ScheduleLife(app, clock, job, definition, created);
  }

  async go(waitMs: number, act: Act): Promise<void> {
    await this.clock.set(new Date(this.now + waitMs));
    if (act.act === 'fire') return this.fire();
    if (act.act === 'end runs') return this.endRuns();
    if (this.schedule !== null) await this.change(act, this.schedule);
  }

  /** Puts what is left back on the clock, lets it fire once more, and compares the history with what it owes. */
  async audit() {
    await this.go(0, { act: 'activate' });
    await this.go(0, { act: 'resume', catchup: 'all' });
    await this.go(3_600_000, { act: 'fire' });
    this.ledger.close(this.now);
    const runs =
      this.schedule && (await this.app.get(SchedulesService).get('default', this.schedule.id)).runCount;
    const history = await this.history();
    const ran = history.filter(({ state }) => state !== 'skipped' && state !== 'missed').length;
    return { ...this.ledger.audit(history), miscountedRuns: runs === null ? 0 : runs - ran };
  }

  private async change(act: Act, schedule: Schedule): Promise<void> {
    try {
      await this.perform(act, schedule);
    } catch (error) {
      // Nothing left to resume.
      if ((error as { code?: string }).code !== 'schedule_finished') throw error;
    }
    if (this.schedule === null) return this.ledger.close(this.now);
    this.ledger.watch(this.isJobActive || isOwedMeanwhile(this.schedule), this.now);
  }

  private async perform(act: Act, { id }: Schedule): Promise<void> {
    const schedules = this.app.get(SchedulesService);
    const pauses = this.app.get(SchedulePauses);
    const jobs = this.app.get(JobsService, { strict: false });
    switch (act.act) {
      case 'change':
        return this.retime(id, act.to(new Date(this.now)));
      case 'pause':
        this.schedule = await pauses.pause('default', id);
        return;
      case 'resume':
        this.schedule = await pauses.resume('default', id, act.catchup);
        return;
      case 'delete':
        await schedules.delete('default', id, null);
        this.schedule = null;
        return;
      case 'delete job':
        await jobs.delete('default', this.job.id, null);
        this.schedule = null;
        return;
      default:
        this.isJobActive = (
          await jobs[act.act === 'activate' ? 'activate' : 'deactivate']('default', this.job.id)
        ).active;
    }
  }

  private async retime(id: string, to: Partial<Definition>): Promise<void> {
    const schedules = this.app.get(SchedulesService);
    this.definition = { ...this.definition, ...to };
    const changed = await schedules.change('default', id, null, () => this.definition);
    this.schedule = changed;
    const isTiming = 'type' in to;
    if (isTiming)
      this.ledger.define(this.recurrenceOf(changed), this.now, this.isJobActive || isOwedMeanwhile(changed));
  }

  private async fire(): Promise<void> {
    const firer = this.app.get(ScheduleFirer);
    for (let round = await firer.fireDue(); round.more || round.fired > 0;) round = await firer.fireDue();
  }

  private async endRuns(): Promise<void> {
    await this.app.get(DataSource).query(
      `UPDATE executions SET state = 'succeeded', hold = NULL, finished_at = now()
       WHERE job_id = $1 AND state = 'pending'`,
      [this.job.id],
    );
  }

  private history(): Promise<(HistoryRow & { state: string })[]> {
    return this.app
      .get(DataSource)
      .query(
        `SELECT scheduled_for AS "scheduledFor", reason_detail AS detail, state FROM executions WHERE job_id = $1`,
        [this.job.id],
      );
  }

  private recurrenceOf(schedule: Schedule) {
    return this.app.get(RecurrenceCache).recurrenceOf(schedule);
  }

  private get now(): number {
    return this.clock.now().getTime();
  }
}

/** Also while the job is inactive: a resume accounts for the pause, and a one-time schedule has no other instant. */
function isOwedMeanwhile({ active, pausedAt, type }: Schedule): boolean {
  return type === 'one_time' || (!active && pausedAt !== null);
}
