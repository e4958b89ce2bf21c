import { Logger } from '@nestjs/common';
import { readConfig } from '@app/platform/config';
import { exitOnStartupFault, exitWhenParentGoes } from '@app/platform/lifecycle';
import { createLogger } from '@app/platform/logging';
import { createApiApp } from './create-api-app.js';
import { listen } from '@app/platform/http';

async function main(): Promise<void> {
  exitWhenParentGoes();
  const config = await readConfig();
  const app = await createApiApp(createLogger(config));
  const url = await listen(app, config.port, config.host);
  new Logger('api').log(`listening on ${url}`);
}

main().catch(exitOnStartupFault);
