import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '@app/platform/clock';
import { batches } from '../batches.js';
import type { Claim } from '../domain/claim.js';
import { LogsRepository } from '../history/logs.repository.js';
import { type LogLine, RunLog } from './run-log.js';

const FLUSH_EVERY_MS = 200;
/** Beyond this the database is not keeping up, and logs are dropped rather than memory filled. */
const MAX_BUFFERED_CHARACTERS = 16_000_000;
/** A statement is written down in one go, while leases and other runs wait: 16 million characters took two seconds. */
const MAX_STATEMENT_CHARACTERS = 1_000_000;
/** What a line takes in a statement besides its text: a command may write 100,000 of one letter. */
const CHARACTERS_OF_A_LINE = 200;

/** Writes the log lines of all runs in this process, a batch at a time. Losing lines never costs a run. */
@Injectable()
export class RunLogWriter {
  private readonly logger = new Logger(RunLogWriter.name);
  private buffer: LogLine[] = [];
  private bufferedCharacters = 0;
  private droppedLines = 0;
  private timer: NodeJS.Timeout | null = null;
  private flushing: Promise<void> = Promise.resolve();

  constructor(
    private readonly logs: LogsRepository,
    private readonly clock: Clock,
  ) {}

  /** @param isFull its service has no room for what the run says */
  open(claim: Claim, isFull: boolean): RunLog {
    return new RunLog(
      claim,
      () => this.clock.now(),
      (line) => this.take(line),
      isFull,
    );
  }

  /** Resolves when what the run wrote is stored or given up: a reader who sees the run ended sees its whole log. */
  async close(log: RunLog): Promise<void> {
    if (!log.isEmpty) await this.flush();
  }

  private flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.flushing = this.flushing.then(() => this.writeBuffer());
    return this.flushing;
  }

  private take(line: LogLine): void {
    if (this.bufferedCharacters + line.text.length > MAX_BUFFERED_CHARACTERS) {
      this.droppedLines++;
      return;
    }
    this.buffer.push(line);
    this.bufferedCharacters += line.text.length;
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_EVERY_MS);
  }

  private async writeBuffer(): Promise<void> {
    if (this.buffer.length === 0) return;
    const lines = this.buffer;
    this.buffer = [];
    this.bufferedCharacters = 0;
    for (const batch of batches(lines, MAX_STATEMENT_CHARACTERS, sizeOf)) await this.write(batch);
  }

  private async write(lines: readonly LogLine[]): Promise<void> {
    try {
      await this.logs.append(lines);
    } catch (error) {
      this.droppedLines += lines.length;
      this.logger.warn(`dropped ${this.droppedLines} log lines so far: ${(error as Error).message}`);
    }
  }
}

function sizeOf({ text }: LogLine): number {
  return text.length + CHARACTERS_OF_A_LINE;
}
