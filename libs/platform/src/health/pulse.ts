import { Injectable, Module } from '@nestjs/common';
import { performance } from 'node:perf_hooks';

/**
 * Signs of life of the loops in this process. A loop beats at the start of each round, whether the one before failed or
 * not: a database that is away must not look like a process that hangs.
 */
@Injectable()
export class Pulse {
  private readonly beats = new Map<string, { atMs: number; allowedMs: number }>();

  /** @param allowedMs after this long without another beat the loop counts as stuck */
  beat(loop: string, allowedMs: number): void {
    this.beats.set(loop, { atMs: performance.now(), allowedMs });
  }

  /** For a loop that has ended as it should. */
  stop(loop: string): void {
    this.beats.delete(loop);
  }

  /** The names of loops that are overdue. */
  stuck(nowMs: number = performance.now()): string[] {
    return [...this.beats]
      .filter(([, { atMs, allowedMs }]) => nowMs - atMs > allowedMs)
      .map(([loop]) => loop);
  }
}

/** One for a process: who imports it shares it. */
@Module({ providers: [Pulse], exports: [Pulse] })
export class PulseModule {}
