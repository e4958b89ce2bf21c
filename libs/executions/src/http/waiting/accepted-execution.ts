import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { Clock } from '@app/platform/clock';
import { sleep } from '@app/platform/waiting';
import { isFinal } from '../../domain/execution-state.js';
import type { Execution } from '../../domain/execution.js';
import { ExecutionsService } from '../../executions.service.js';
import { type ExecutionResponse, toExecutionResponse } from '../execution.response.js';
import { HeldRequests } from './held-requests.js';

const FIRST_LOOK_MS = 100;
const LOOK_EVERY_MS = 250;

/** The answer to a request that started a run: where it is, and how it ended if the client would rather wait for that. */
@Injectable()
export class AcceptedExecution {
  constructor(
    private readonly executions: ExecutionsService,
    private readonly requests: HeldRequests,
    private readonly clock: Clock,
  ) {}

  /** @param waitSeconds null = the client does not wait */
  async answer(
    accepted: Execution,
    waitSeconds: number | null,
    response: Response,
  ): Promise<ExecutionResponse> {
    response.location(`/executions/${accepted.id}`);
    if (waitSeconds === null) return toExecutionResponse(accepted);
    const signal = this.requests.holdIfRoom(response, accepted.service, 'run');
    if (signal === null) return answerAtOnce(accepted, response);
    const latest = await this.waitForEnd(accepted, waitSeconds, signal);
    if (isFinal(latest.state)) response.status(200);
    return toExecutionResponse(latest);
  }

  private async waitForEnd(accepted: Execution, seconds: number, signal: AbortSignal): Promise<Execution> {
    const deadlineMs = this.clock.monotonicMs() + seconds * 1_000;
    let latest = accepted;
    for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = LOOK_EVERY_MS) {
      const leftMs = deadlineMs - this.clock.monotonicMs();
      if (isFinal(latest.state) || leftMs <= 0 || signal.aborted) return latest;
      await sleep(Math.min(pauseMs, leftMs), signal);
      latest = await this.look(latest);
    }
  }

  /** The run is accepted and will happen: not being able to look at it must not turn the answer into a refusal. */
  private look(latest: Execution): Promise<Execution> {
    return this.executions.get(latest.service, latest.id).catch(() => latest);
  }
}

/** The run is accepted, and to wait for it was a preference, which may be ignored (RFC 7240, 2): then nothing says it was not. */
function answerAtOnce(accepted: Execution, response: Response): ExecutionResponse {
  response.removeHeader('Preference-Applied');
  return toExecutionResponse(accepted);
}
