import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { Gauge } from 'prom-client';
import { AppConfig } from '@app/platform/config';
import { RoundRobin } from '../domain/round-robin.js';

/** For each connection of the pool: while one request reads the database, another is read, checked or answered. */
const REQUESTS_PER_CONNECTION = 2;
/** A request without an answer by then waits for something other than us, such as a slow reader. */
const TURN_MS = 1_000;

const ends = new WeakMap<Response, () => void>();

/** For a request that is about to wait for something, a run's end or its next line: another gets its turn. */
export function endTurn(response: Response): void {
  ends.get(response)?.();
}

const waiting = new Gauge({
  name: 'scheduler_http_requests_waiting',
  help: 'Requests that wait for the turn of their service.',
});

/**
 * Only as many requests are worked on at once as the pool can serve; beyond that, services take turns. Otherwise the pool
 * would serve in order of arrival, and one service's burst would keep everybody waiting.
 */
@Injectable()
export class Turns {
  private readonly atOnce: number;
  private working = 0;
  private readonly line = new RoundRobin<() => void>();

  constructor(config: AppConfig) {
    this.atOnce = REQUESTS_PER_CONNECTION * config.databasePoolSize;
  }

  /** Resolves when it is the service's turn, which ends with the answer. */
  async take(service: string, response: Response): Promise<void> {
    if (this.working < this.atOnce) this.working += 1;
    else await this.takeOver(service);
    const end = this.endingOnce();
    // A client that left while it waited gets no answer that would end its turn.
    if (response.destroyed) return end();
    response.once('close', end);
    ends.set(response, end);
  }

  private endingOnce(): () => void {
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      this.passOn();
    };
    const timer = setTimeout(end, TURN_MS);
    return end;
  }

  /** Waits until another's turn ends and becomes its own. */
  private takeOver(service: string): Promise<void> {
    return new Promise((resolve) => {
      this.line.add(service, resolve);
      waiting.set(this.line.size);
    });
  }

  private passOn(): void {
    const next = this.line.next();
    if (!next) {
      this.working -= 1;
      return;
    }
    waiting.set(this.line.size);
    next();
  }
}
