import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { rowsOf } from '@app/platform/database';
import { DATABASE_TIME_MS } from './clock.sql.js';
import { Clock } from './clock.js';

const ASK_EVERY_MS = 10_000;
/** Any one answer may be held up; so the fastest of three counts. */
const QUESTIONS = 3;
/** Certificates and tokens are checked against this machine's own clock: beyond this an operator should know. */
const NOTABLE_SKEW_MS = 1_000;

/**
 * The database's time, carried on between two looks at it by the monotonic clock. All processes agree on it, and a jump of
 * one machine's clock moves nothing. Never ahead of the database, so what is stamped with it is due at once; behind it by
 * the time that an answer takes.
 */
@Injectable()
export class DatabaseClock implements Clock, OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(DatabaseClock.name);
  /** Epoch ms at which the monotonic clock stood at 0. This machine's own until the database was asked. */
  private epochMs = Date.now() - performance.now();
  private isSkewed = false;
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly dataSource: DataSource) {}

  async onModuleInit(): Promise<void> {
    await this.ask();
    this.timer = setInterval(() => void this.ask(), ASK_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    if (this.timer) clearInterval(this.timer);
  }

  now(): Date {
    return new Date(this.epochMs + performance.now());
  }

  monotonicMs(): number {
    return performance.now();
  }

  /** While the database is away the monotonic clock goes on from the last answer. */
  private async ask(): Promise<void> {
    try {
      const answers: number[] = [];
      while (answers.length < QUESTIONS) answers.push(await this.askOnce());
      this.epochMs = Math.max(...answers);
      this.tellSkew(Date.now() - this.now().getTime());
    } catch (error) {
      this.logger.warn(`the database does not tell the time: ${(error as Error).message}`);
    }
  }

  /** Late by as much as the answer took: the latest estimate is the best one. */
  private async askOnce(): Promise<number> {
    const [row] = await rowsOf<{ ms: number }>(this.dataSource, DATABASE_TIME_MS);
    return (row?.ms ?? NaN) - performance.now();
  }

  private tellSkew(skewMs: number): void {
    const isSkewed = Math.abs(skewMs) > NOTABLE_SKEW_MS;
    if (isSkewed === this.isSkewed) return;
    this.isSkewed = isSkewed;
    if (isSkewed) this.logger.warn(`this machine's clock is ${Math.round(skewMs)} ms off the database's`);
    else this.logger.log("this machine's clock agrees with the database's again");
  }
}
