import { existsSync } from 'node:fs';
import { exitOnStartupFault, exitWhenParentGoes } from '@app/platform/lifecycle';
import { runStandalone } from './standalone.js';

async function main(): Promise<void> {
  exitWhenParentGoes();
  if (existsSync('.env')) process.loadEnvFile('.env');
  await runStandalone(process.env);
  // Everything is stopped by now; a stray handle must not keep the terminal waiting.
  process.exit();
}

main().catch(exitOnStartupFault);
