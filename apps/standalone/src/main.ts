import { existsSync } from 'node:fs';
import { exitWhenParentGoes } from '@app/platform/lifecycle';
import { StartupFault } from './startup-fault.js';
import { runStandalone } from './standalone.js';

exitWhenParentGoes();
try {
  if (existsSync('.env')) process.loadEnvFile('.env');
  await runStandalone(process.env);
} catch (error) {
  console.error(error instanceof StartupFault ? error.message : error);
  process.exitCode = 1;
}
// Everything is stopped by now; a stray handle must not keep the terminal waiting.
process.exit();
