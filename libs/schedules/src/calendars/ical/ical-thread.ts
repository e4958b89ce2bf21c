/** The other side of ical-reader.ts: a thread that reads one file and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { exclusionsInIcal, type IcalExclusions, type IcalFile } from './exclusions-in-ical.js';
import { IcalError } from './ical-error.js';

/** The thread has loaded its code and begins; later, what came of it. */
export type IcalMessage =
  | { readonly type: 'begins' }
  | { readonly type: 'read'; readonly exclusions: IcalExclusions }
  | { readonly type: 'refused'; readonly reason: string };

tell({ type: 'begins' });
tell(read(workerData as IcalFile));

function tell(message: IcalMessage): void {
  parentPort?.postMessage(message);
}

function read(file: IcalFile): IcalMessage {
  try {
    return { type: 'read', exclusions: exclusionsInIcal(file) };
  } catch (error) {
    if (error instanceof IcalError) return { type: 'refused', reason: error.message };
    throw error;
  }
}
