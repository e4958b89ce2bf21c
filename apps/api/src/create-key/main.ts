/**
 * `--service x --role admin`: makes a key, and the service where there is none, and writes the key to the standard output,
 * alone. Who may run this has the database and the pepper, and with them every service.
 */
import { NestFactory } from '@nestjs/core';
import { KeysService } from '@app/access';
import { readConfig } from '@app/platform/config';
import { checkSchema, exitOnCommandFault, withDataSource } from '@app/platform/database';
import { StartupFault } from '@app/platform/lifecycle';
import { KeyCreationModule } from './key-creation.module.js';
import { readKeyOptions } from './key-options.js';

/** A pepper of this process alone would make keys that no api takes. */
const NO_PEPPER = `API_KEY_PEPPER is not set. Keys are hashed under it, here and by the api, so it goes into .env (or the environment) of
both, together with AUTH_MODE=api-key. Once, and then start the api again:

  printf 'AUTH_MODE=api-key\\nAPI_KEY_PEPPER=%s\\n' "$(openssl rand -base64 32)" >> .env
`;

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
  if (apiKeyPepper === null) throw new StartupFault(NO_PEPPER);
  const { ok, detail } = await withDataSource(databaseUrl, checkSchema);
  if (!ok) throw new StartupFault(detail);
}

main().catch(exitOnCommandFault);
