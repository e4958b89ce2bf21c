import { type BackendFactory, createPostgresBackend } from 'bullmq';

/** What BullMQ keeps of the question whether the server answers and has its tables: asked once, and awaited ever after. */
interface Remembering {
  readyPromise?: Promise<void> | undefined;
  waitUntilReady(): Promise<void>;
}

/**
 * BullMQ's backend, of which a start does not decide for ever. BullMQ 6.7 remembers a first connection that failed, in the
 * connection, which each statement asks, and in the backend, which the end of each message asks: a process that started
 * while its queue's database was away, or not there yet, ran nothing until somebody restarted it (measured). Its LISTEN
 * connection forgets failures in the same way.
 */
export const createPersistentPostgresBackend: BackendFactory = (name, options, use) => {
  // It differs from others only in the connection it takes.
  const backend = (createPostgresBackend as unknown as BackendFactory)(name, options, use);
  const { connection } = backend as unknown as { readonly connection: Remembering };
  for (const remembering of [connection, backend as Remembering]) forgetFailures(remembering);
  return backend;
};

function forgetFailures(remembering: Remembering): void {
  const ask = remembering.waitUntilReady.bind(remembering);
  remembering.waitUntilReady = async () => {
    const answer = ask();
    const { readyPromise } = remembering;
    try {
      await answer;
    } catch (error) {
      if (remembering.readyPromise === readyPromise) remembering.readyPromise = undefined;
      throw error;
    }
  };
}
