import type { Socket } from 'node:net';
import { LOG_LIMIT_CHARACTERS, type LogSink } from '../../runner.js';
import { lineOf } from './messages.js';

/** A run's log on its way to the worker: one piece more than that keeps, and no faster than it reads. */
export class SocketLog implements LogSink {
  private characters = 0;
  private room: Promise<void> | null = null;

  constructor(private readonly socket: Socket) {}

  write(stream: 'stdout' | 'stderr' | 'system', text: string): void | Promise<void> {
    if (this.characters > LOG_LIMIT_CHARACTERS || !this.socket.writable) return;
    this.characters += text.length;
    if (!this.socket.write(lineOf({ type: 'log', stream, text }))) return this.untilRoom();
  }

  /** Also when there will never be any. */
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
