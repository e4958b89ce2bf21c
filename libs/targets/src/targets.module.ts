import { Module, type DynamicModule, type FactoryProvider, type ModuleMetadata } from '@nestjs/common';
import { TargetRunners, type TargetsOptions } from './target-runners.js';

export const TARGETS_OPTIONS = Symbol('TARGETS_OPTIONS');

export interface TargetsAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject'];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what Nest injects, as in its own FactoryProvider
  readonly useFactory: (...args: any[]) => TargetsOptions | Promise<TargetsOptions>;
}

@Module({})
export class TargetsModule {
  static forRootAsync({ imports = [], inject = [], useFactory }: TargetsAsyncOptions): DynamicModule {
    return {
      module: TargetsModule,
      imports,
      providers: [
        { provide: TARGETS_OPTIONS, inject, useFactory },
        {
          provide: TargetRunners,
          inject: [TARGETS_OPTIONS],
          useFactory: (options: TargetsOptions) => TargetRunners.fromOptions(options),
        },
      ],
      exports: [TargetRunners],
    };
  }
}
