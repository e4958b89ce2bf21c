import { LOG_LIMIT_CHARACTERS, type LogSink, storableText } from '@app/targets';
import { truncationNotice } from '../domain/log-truncation.js';

export interface LogLine {
  readonly executionId: string;
  readonly scheduledFor: Date;
  readonly seq: number;
  readonly attempt: number;
  readonly stream: 'stdout' | 'stderr' | 'system';
  readonly at: Date;
  readonly text: string;
}

/** A row each: a command that writes byte by byte would fill a table, and run into the numbers of the next attempt. */
const LIMIT_CHUNKS = 100_000;
/** Leaves room for each attempt's lines behind those of the one before: seq orders the whole execution. */
const SEQ_PER_ATTEMPT = 1_000_000;

/** One attempt's log: numbers and caps what a runner writes, and passes it on. */
export class RunLog implements LogSink {
  private lines = 0;
  private characters = 0;
  private capped = false;

  constructor(
    private readonly run: { readonly id: string; readonly scheduledFor: Date; readonly attempt: number },
    private readonly now: () => Date,
    private readonly take: (line: LogLine) => void,
    private readonly isFull = false,
  ) {}

  get isEmpty(): boolean {
    return this.lines === 0;
  }

  get hasEnough(): boolean {
    return this.capped;
  }

  write(stream: LogLine['stream'], text: string): void {
    if (this.capped || text === '') return;
    if (this.isFull) return this.cap('0 characters: the service has used up its maxStoredBytes');
    if (this.lines === LIMIT_CHUNKS) return this.cap(`${LIMIT_CHUNKS} pieces`);
    const room = LOG_LIMIT_CHARACTERS - this.characters;
    this.append(stream, text.slice(0, room));
    if (text.length > room) this.cap(`${LOG_LIMIT_CHARACTERS} characters`);
  }

  private cap(limit: string): void {
    this.capped = true;
    this.append('system', truncationNotice(limit));
  }

  private append(stream: LogLine['stream'], text: string): void {
    if (text === '') return;
    this.characters += text.length;
    const { id, scheduledFor, attempt } = this.run;
    const seq = attempt * SEQ_PER_ATTEMPT + this.lines++;
    this.take({
      executionId: id,
      scheduledFor,
      seq,
      attempt,
      stream,
      at: this.now(),
      text: storableText(text),
    });
  }
}
