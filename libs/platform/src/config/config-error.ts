import { StartupFault } from '@app/platform/lifecycle';

/** The environment does not make a configuration. `message` is for an operator's eyes: one line per fault, no secrets. */
export class ConfigError extends StartupFault {
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly string[]) {
    super(['The configuration has faults:', ...faults.map((fault) => `  ${fault}`)].join('\n'));
  }
}
