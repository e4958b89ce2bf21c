import type { Socket } from 'node:net';
import { LOG_LIMIT_CHARACTERS, type LogSink } from '../../runner.js';
import { lineOf } from './messages.js';

/** Sends a run's log to the worker: no more than one piece beyond what the worker keeps, and no faster than it reads. */
export class SocketLog implements LogSink {
  private characters = 0;
  private room: Promise<void> | null = null;

  constructor(private readonly socket: Socket) {}

  get hasEnough(): boolean {
    return this.characters > LOG_LIMIT_CHARACTERS || !this.socket.writable;
  }

  write(stream: 'stdout' | 'stderr' | 'system', text: string): void | Promise<void> {
    if (this.hasEnough) return;
    this.characters += text.length;
    if (!this.socket.write(lineOf({ type: 'log', stream, text }))) return this.untilRoom();
  }

  /** Resolves when there is room, or when the socket closes and there never will be. */
  private untilRoom(): Promise<void> {
    this.room ??= new Promise<void>((resolve) => {
      const go = (): void => {
        this.socket.off('drain', go).off('close', go);
        this.room = null;
        resolve();
      };
      this.socket.on('drain', go).on('close', go);
    });
    return this.room;
  }
}
