import { open, rm } from 'node:fs/promises';
import path from 'node:path';

const PIECE = Buffer.alloc(1024 * 1024);

/** A file system of its own, which can be full without harm to anybody else. */
export class SmallDisk {
  constructor(readonly folder: string) {}

  /** To the last byte, and again what becomes free meanwhile. */
  async fill(): Promise<void> {
    const file = await open(this.filler, 'a');
    try {
      for (let size = PIECE.length; size >= 1; size = Math.floor(size / 2)) await appendUntilFull(file, size);
    } finally {
      await file.close();
    }
  }

  free(): Promise<void> {
    return rm(this.filler, { force: true });
  }

  private get filler(): string {
    return path.join(this.folder, 'filler');
  }
}

async function appendUntilFull(file: Awaited<ReturnType<typeof open>>, size: number): Promise<void> {
  try {
    for (;;) await file.write(PIECE, 0, size);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
