import type { RedisConfig } from '@app/platform/config';
import { causeOf, isUnreachable } from '@app/platform/failure';

/** Clients try again several times a second, and each of them says so. */
const SAY_AGAIN_AFTER_MS = 60_000;
/** Kinds of trouble that are remembered: texts with ids in them would otherwise be kept for good. */
const MOST_KINDS = 20;

const AWAY = 'away';
/** ioredis reports these without a code. */
const CLOSED = /^(Connection is closed|Socket timeout|Command timed out)/;

/** What goes wrong between a process and its queue, in a line when it begins and one a minute while it lasts. */
export class QueueTrouble {
  private readonly saidAtMs = new Map<string, number>();

  /** @param redis null where the queue is in Postgres */
  constructor(
    private readonly redis: RedisConfig | null,
    private readonly say: (line: string) => void,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  begins(error: Error): void {
    if (this.redis !== null && isUnreachable(error, CLOSED))
      return this.sayOnce(AWAY, awayLine(this.redis, error));
    const line = `${this.redis === null ? 'queue' : 'redis'}: ${causeOf(error)}`;
    this.sayOnce(line, line);
  }

  /** A connection is there again. */
  isOver(): void {
    if (this.saidAtMs.delete(AWAY)) this.say('Redis answers again.');
  }

  private sayOnce(kind: string, line: string): void {
    const now = this.monotonicMs();
    if (now - (this.saidAtMs.get(kind) ?? -Infinity) < SAY_AGAIN_AFTER_MS) return;
    if (this.saidAtMs.size >= MOST_KINDS) this.saidAtMs.clear();
    this.saidAtMs.set(kind, now);
    this.say(line);
  }
}

function awayLine({ host, port }: RedisConfig, error: Error): string {
  return `Redis at ${host}:${port} does not answer (${causeOf(error)}), and runs wait: REDIS_HOST and REDIS_PORT, or REDIS_URL, say where it is; QUEUE_BACKEND=postgres needs none`;
}
