import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Admission } from '@app/access';
import { sleep } from '@app/platform/waiting';

/** Holds an answer that goes on for long to what it began with: somebody who may have it. */
@Injectable()
export class CredentialWatch {
  /** With the 2 s in which the keys in use are read again, a key that another process revoked ends within 5 s here too. */
  askEveryMs = 1_500;

  constructor(private readonly admission: Admission) {}

  /** @returns a signal that aborts with `signal`, or when the request would not be let in any more */
  whileAdmitted(request: Request, signal: AbortSignal): AbortSignal {
    const controller = new AbortController();
    void this.untilRefused(request, signal).then(() => controller.abort());
    return controller.signal;
  }

  private async untilRefused(request: Request, signal: AbortSignal): Promise<void> {
    do await sleep(this.askEveryMs, signal);
    while (!signal.aborted && (await this.admission.wouldAdmitAgain(request)));
  }
}
