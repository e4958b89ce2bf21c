/** `npm run start:api` and `npm run start:worker`: one app of the build, as the image runs it, that ends with npm. */
import { existsSync } from 'node:fs';
import { fail } from './setup.mjs';
import { stopWithNpm } from './stop-with-npm.mjs';

const main = new URL(`../dist/apps/${process.argv[2]}/src/main.js`, import.meta.url);

stopWithNpm();
if (!existsSync(main)) fail('There is no build yet: npm run build');
await import(main);
