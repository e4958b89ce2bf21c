import { Injectable } from '@nestjs/common';
import type { Claim } from '../domain/claim.js';

type TargetGoneListener = (claim: Claim) => Promise<void>;

/** What a run may mean to others, without executions knowing them. */
@Injectable()
export class RunEvents {
  private targetGoneListener: TargetGoneListener = () => Promise.resolve();

  onTargetGone(listener: TargetGoneListener): void {
    this.targetGoneListener = listener;
  }

  targetGone(claim: Claim): Promise<void> {
    return this.targetGoneListener(claim);
  }
}
