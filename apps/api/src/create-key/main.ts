/**
 * `--service x --role admin`: makes a key, and the service where there is none, and writes the key to the standard output,
 * alone. Who may run this has the database and the pepper, and with them every service.
 */
import { NestFactory } from '@nestjs/core';
import { KeysService } from '@app/access';
import { ConfigError, readConfig } from '@app/platform/config';
import { withDataSource, checkSchema } from '@app/platform/database';
import { databaseFault, exitOnStartupFault, StartupFault } from '@app/platform/lifecycle';
import { KeyCreationModule } from './key-creation.module.js';
import { readKeyOptions } from './key-options.js';

async function main(): Promise<void> {
  const { service, spec } = readKeyOptions(process.argv.slice(2));
  await requirePepperAndSchema();
  const app = await NestFactory.createApplicationContext(KeyCreationModule, {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  const { key, text } = await app.get(KeysService, { strict: false }).createFirst(service, spec);
  await app.close();
  console.error(`Key ${key.id} of the service ${service} with ${key.scopes.join(', ')}.`);
  console.error('It is shown here and never again:');
  console.log(text);
}

/** Said before anything waits for a database that is not there. */
async function requirePepperAndSchema(): Promise<void> {
  const { apiKeyPepper, databaseUrl } = await readConfig();
  if (apiKeyPepper === null)
    throw new ConfigError(['API_KEY_PEPPER: must be that of the api, or the key is not taken there']);
  const { ok, detail } = await withDataSource(databaseUrl, checkSchema).catch((error: unknown) => {
    throw databaseFault(error);
  });
  if (!ok) throw new StartupFault(detail);
}

main().catch(exitOnStartupFault);
