import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { Gauge } from 'prom-client';
import { AppConfig } from '@app/platform/config';
import { RoundRobin } from '../domain/round-robin.js';

/** For each connection of the pool: while one request reads the database, another is read, checked or answered. */
const REQUESTS_PER_CONNECTION = 2;
/** Of the pool, so that whoever keeps its connections busy for long, with slow statements or rows that are locked, leaves some. */
const SHARE_OF_ONE_SERVICE = 0.8;
/** How often we look whether a turn is over that `finish` will not end: its reader is slow, or has left. */
const LOOK_AFTER_MS = 1_000;
/** Longer than any statement may take, so that a request that is never answered, a bug of ours, keeps no turn for ever. */
const LONGEST_TURN_MS = 60_000;

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
  private readonly atOnceOfOne: number;
  private working = 0;
  private readonly workingOf = new Map<string, number>();
  private readonly line = new RoundRobin<() => void>();

  constructor(config: AppConfig) {
    this.atOnce = REQUESTS_PER_CONNECTION * config.databasePoolSize;
    const share = Math.max(1, Math.floor(SHARE_OF_ONE_SERVICE * config.databasePoolSize));
    this.atOnceOfOne = config.authMode === 'none' ? this.atOnce : share;
  }

  /** Resolves when it is the service's turn, and never for a client that left before. The turn ends with the answer. */
  async take(service: string, response: Response): Promise<void> {
    if (!this.hasRoomFor(service)) await this.waitFor(service);
    else this.begin(service);
    const end = this.endingOnce(service, response);
    if (response.destroyed) return nobodyListens(end);
    response.once('finish', end);
    ends.set(response, end);
  }

  private hasRoomFor(service: string): boolean {
    return this.working < this.atOnce && (this.workingOf.get(service) ?? 0) < this.atOnceOfOne;
  }

  /** Resolves in a turn that has begun. */
  private waitFor(service: string): Promise<void> {
    return new Promise((resolve) => {
      this.line.add(service, () => {
        this.begin(service);
        resolve();
      });
      waiting.set(this.line.size);
    });
  }

  private begin(service: string): void {
    this.working += 1;
    this.workingOf.set(service, (this.workingOf.get(service) ?? 0) + 1);
  }

  /**
   * A client that leaves does not end the turn: its statement goes on, and holds a connection. A slow reader does, whose
   * answer waits in memory.
   */
  private endingOnce(service: string, response: Response): () => void {
    let looks = LONGEST_TURN_MS / LOOK_AFTER_MS;
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      this.passOn(service);
    };
    const timer = setTimeout(() => {
      looks -= 1;
      if (isAnswered(response) || looks === 0) end();
      else timer.refresh();
    }, LOOK_AFTER_MS).unref();
    return end;
  }

  private passOn(service: string): void {
    this.finish(service);
    const beginNext = this.line.next((whose) => this.hasRoomFor(whose));
    if (!beginNext) return;
    waiting.set(this.line.size);
    beginNext();
  }

  private finish(service: string): void {
    this.working -= 1;
    const left = this.workingOf.get(service)! - 1;
    if (left > 0) this.workingOf.set(service, left);
    else this.workingOf.delete(service);
  }
}

/** Also one that broke off in the middle. */
function isAnswered(response: Response): boolean {
  return response.writableEnded || (response.destroyed && response.headersSent);
}

function nobodyListens(end: () => void): Promise<never> {
  end();
  return new Promise(() => undefined);
}
