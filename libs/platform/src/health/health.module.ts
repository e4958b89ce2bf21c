import { type DynamicModule, type FactoryProvider, Module, type ModuleMetadata } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DrainState } from './drain-state.js';
import { HealthController } from './health.controller.js';
import { PulseModule } from './pulse.js';
import { READINESS_CHECKS, type ReadinessCheck } from './readiness-check.js';
import { Readiness } from './readiness.js';

export interface HealthOptions {
  /** Modules that export what `inject` names, where those are not global. */
  readonly imports?: ModuleMetadata['imports'];
  readonly inject?: FactoryProvider['inject'];
  /** Makes the checks out of what was injected. */
  readonly useFactory: (...injected: never[]) => readonly ReadinessCheck[];
}

/** `/health/startup`, `/health/live` and `/health/ready`. Knows neither database nor queue: each app names what it needs. */
@Module({})
export class HealthModule {
  static register({ imports = [], inject = [], useFactory }: HealthOptions): DynamicModule {
    return {
      module: HealthModule,
      // A probe asks every few seconds: an outage is for the report, not for a log line each time.
      imports: [TerminusModule.forRoot({ logger: false }), PulseModule, ...imports],
      controllers: [HealthController],
      providers: [DrainState, Readiness, { provide: READINESS_CHECKS, inject, useFactory }],
      exports: [DrainState],
    };
  }
}
