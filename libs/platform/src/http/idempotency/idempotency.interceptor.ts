import { bindToKey } from '@app/platform/request-context';
import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  Logger,
  type NestInterceptor,
} from '@nestjs/common';
import { type Request, type Response } from 'express';
import { lastValueFrom, type Observable, of } from 'rxjs';
import { DataSource } from 'typeorm';
import { parsePreferWait } from '../preferences/prefer-wait.js';
import { reused, stillRunning } from './idempotency-faults.js';
import { idempotencyKeyOf, idempotencyScopeOf, requestHashOf } from './idempotency-key.js';
import { IdempotencyKeys, type KeyUse } from './idempotency-keys.js';
import { replayable } from './not-replayed.js';
import { answerFrom, replay } from './stored-answer.js';

/** A request that has not answered by then is taken for one whose process crashed. */
const LOCK_SECONDS = 60;

/** Makes every POST with an `Idempotency-Key` safe to send again: it runs once, and a repeat gets the first answer. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly logger = new Logger(IdempotencyInterceptor.name);

  private readonly keys: IdempotencyKeys;

  /** Made in the module of each controller, which need know nothing of where keys are kept. */
  constructor(dataSource: DataSource) {
    this.keys = new IdempotencyKeys(dataSource);
  }

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<Request>();
    const key = request.method === 'POST' ? idempotencyKeyOf(request) : null;
    if (key === null) return next.handle();
    const use = { service: idempotencyScopeOf(request), key, requestHash: requestHashOf(request) };
    return of(await this.answerOnce(use, context, next));
  }

  private async answerOnce(use: KeyUse, context: ExecutionContext, next: CallHandler): Promise<unknown> {
    const http = context.switchToHttp();
    const waitSeconds = parsePreferWait(http.getRequest<Request>().get('Prefer')) ?? 0;
    const begun = await this.keys.begin(use, LOCK_SECONDS + waitSeconds);
    switch (begun.type) {
      case 'begun':
        bindToKey({ ...use, lock: begun.lock, madeId: begun.madeId });
        return this.runAndKeep(use, begun.lock, context, next);
      case 'done':
        return replay(begun.answer, http.getResponse());
      case 'running':
        throw stillRunning();
      case 'other_request':
        throw reused();
    }
  }

  /** A refused request changed nothing, so its key is free again, for the same body and for a corrected one. */
  private async runAndKeep(
    use: KeyUse,
    lock: string,
    context: ExecutionContext,
    next: CallHandler,
  ): Promise<unknown> {
    const outcome = await outcomeOf(next);
    if (outcome.type === 'failed') {
      await this.written(this.keys.release(use, lock));
      throw outcome.error;
    }
    const kept = replayable(context.getHandler(), outcome.body);
    const answer = answerFrom(context.switchToHttp().getResponse<Response>(), kept);
    await this.written(this.keys.finish(use, lock, answer));
    return outcome.body;
  }

  /** What happened has happened: failing to write it down must not turn the answer into an error. */
  private async written(writing: Promise<void>): Promise<void> {
    try {
      await writing;
    } catch (error) {
      this.logger.warn(`The answer to an idempotency key could not be kept: ${String(error)}`);
    }
  }
}

type Outcome =
  | { readonly type: 'answered'; readonly body: unknown }
  | { readonly type: 'failed'; readonly error: unknown };

async function outcomeOf(next: CallHandler): Promise<Outcome> {
  try {
    return { type: 'answered', body: await lastValueFrom(next.handle(), { defaultValue: undefined }) };
  } catch (error) {
    return { type: 'failed', error };
  }
}
