import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { UnpackedImage } from './unpacked-image.js';

/** A process as the image would run it: by its user, in its folder, with its variables, and with no shell to be found. */
export class Container {
  output = '';
  private readonly child: ChildProcess;
  private readonly ended: Promise<number | null>;

  constructor(image: UnpackedImage, command: readonly string[], variables: Readonly<Record<string, string>>) {
    const [, ...args] = command;
    this.child = spawn(process.execPath, args, {
      cwd: image.app,
      env: { ...image.environment, ...variables },
      // Another user's processes are for root to start.
      ...(process.getuid?.() === 0 && image.user),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk) => (this.output += String(chunk)));
    this.ended = once(this.child, 'close').then(([code]) => code as number | null);
  }

  /** Resolves when it has ended by itself. */
  exitCode(): Promise<number | null> {
    return this.ended;
  }

  /** As `docker stop` does it. */
  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.ended;
  }
}
