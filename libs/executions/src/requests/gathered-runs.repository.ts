import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { eventOf } from '@app/audit';
import { randomPool } from '@app/platform/clock';
import { columnsOf, isRefusal, preparedRowsOf } from '@app/platform/database';
import { currentKeyUse, currentService } from '@app/platform/request-context';
import { gatherWhileBusy } from '../batch-while-busy.js';
import { newExecutionId } from '../domain/execution-id.js';
import type { Execution } from '../domain/execution.js';
import { ExecutionEntity } from '../execution.entity.js';
import { changeOf, type RequestedRun } from './requested-run.js';
import { executeTogether } from './requested-runs.sql.js';

/** As the statement takes it. */
interface AskedRun extends Omit<RequestedRun, 'service' | 'repeats'> {
  readonly id: string;
  readonly scheduledFor: Date;
  readonly event: readonly unknown[];
}

type Line = (run: AskedRun) => Promise<Execution | null>;

/** With the most parameters that a run may have, 64 KB, three megabytes. */
const MAX_BATCH = 50;

/**
 * Plain runs of one service that are asked for while a statement is under way share the next one. Each service has its own
 * line: the statement stands behind the tenants' wall as each of its requests does, and nobody waits for another service.
 */
@Injectable()
export class GatheredRunsRepository {
  private readonly statement: string;
  private readonly lines = new Map<string, Line>();
  private readonly random = randomPool();

  constructor(@InjectRepository(ExecutionEntity) private readonly executions: Repository<ExecutionEntity>) {
    this.statement = executeTogether(columnsOf(executions.metadata));
  }

  /** @returns null: it was not made, for it is not a plain one or something stands in its way; ask for it alone */
  async insertNow(run: RequestedRun, now: Date): Promise<Execution | null> {
    if (!isPlain(run)) return null;
    const { service, jobId, parameters, traceparent, mayStart } = run;
    const id = newExecutionId(now, this.random(16));
    const event = eventOf(changeOf(run, id));
    return this.lineOf(service)({ id, scheduledFor: now, jobId, parameters, traceparent, mayStart, event });
  }

  private lineOf(service: string): Line {
    const known = this.lines.get(service);
    if (known) return known;
    const line = gatherWhileBusy((runs: readonly AskedRun[]) => this.insertAll(service, runs), MAX_BATCH);
    this.lines.set(service, line);
    return line;
  }

  /** What the database refuses concerns one of them and was undone for all. Of any other failure nobody knows what it left. */
  private async insertAll(service: string, runs: readonly AskedRun[]): Promise<(Execution | null)[]> {
    try {
      const { connection } = this.executions.manager;
      const parameters = [service, JSON.stringify(runs)];
      const rows = await preparedRowsOf<Execution>(
        connection,
        'execute_together',
        this.statement,
        parameters,
      );
      const made = new Map(rows.map((row) => [row.id, row]));
      return runs.map(({ id }) => made.get(id) ?? null);
    } catch (error) {
      if (isRefusal(error)) return runs.map(() => null);
      throw error;
    }
  }
}

/** Asked for by a request that acts for its service, repeats nothing, and has no key that would have to be kept with it. */
function isPlain({ service, repeats }: RequestedRun): boolean {
  return repeats === null && currentService() === service && currentKeyUse() === null;
}
