/**
 * A thread that a test starts has no jest around it: here it learns to read TypeScript. Jest and its workers load this
 * too, and are left alone.
 */
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

if (!isMainThread) register('./typescript-hooks.mjs', import.meta.url);
