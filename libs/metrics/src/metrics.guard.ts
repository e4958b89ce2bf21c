import { AppConfig } from '@app/platform/config';
import { ProblemError } from '@app/platform/problem';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether the port is one that callers reach: metrics tell of all services, which no caller should see unasked. */
export type MetricsExposure = 'open' | 'closed';

export const METRICS_EXPOSURE = Symbol('METRICS_EXPOSURE');

/** Lets in who has METRICS_TOKEN; where there is none, everybody at an open port, or without access control at all. */
@Injectable()
export class MetricsGuard implements CanActivate {
  constructor(
    private readonly config: AppConfig,
    @Inject(METRICS_EXPOSURE) private readonly exposure: MetricsExposure,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const { metricsToken, authMode } = this.config;
    const given = context.switchToHttp().getRequest<Request>().get('Authorization') ?? '';
    const mayEnter =
      metricsToken === null
        ? this.exposure === 'open' || authMode === 'none'
        : isSame(given, `Bearer ${metricsToken}`);
    if (!mayEnter) throw closed();
    return true;
  }
}

/** Digests have one length, which comparing in constant time needs. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

function closed(): ProblemError {
  const detail = 'Metrics are for those who send METRICS_TOKEN as `Authorization: Bearer`.';
  return new ProblemError('unauthenticated', 'credentials_invalid', detail);
}
