import { AsyncLocalStorage } from 'node:async_hooks';

export type LogFields = Readonly<Record<string, string | number | null>>;

const storage = new AsyncLocalStorage<LogFields>();
const NONE: LogFields = {};

/** Whatever `work` logs, however deep and late, carries these fields: what it is about. */
export function runWithLogFields<T>(fields: LogFields, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...fields }, work);
}

export function currentLogFields(): LogFields {
  return storage.getStore() ?? NONE;
}
