import { type BackendFactory, createPostgresBackend } from 'bullmq';

/** What is private of BullMQ's connection to PostgreSQL. */
interface Connection {
  /** Whether the server answered and has BullMQ's tables: asked once, and then before each statement. */
  readyPromise?: Promise<void> | undefined;
  waitUntilReady(): Promise<void>;
}

/**
 * BullMQ's backend, of which a start does not decide for ever. BullMQ 6.7 remembers a first connection that failed: in a
 * process that started while its queue's database was away, or not there yet, each later statement failed with that error
 * until somebody restarted it (measured). Its LISTEN connection forgets failures the same way.
 */
export const createPersistentPostgresBackend: BackendFactory = (name, options, use) => {
  // It differs from others only in the connection it takes.
  const backend = (createPostgresBackend as unknown as BackendFactory)(name, options, use);
  askAgainAfterFailure((backend as unknown as { readonly connection: Connection }).connection);
  return backend;
};

function askAgainAfterFailure(connection: Connection): void {
  const ask = connection.waitUntilReady.bind(connection);
  connection.waitUntilReady = async () => {
    try {
      await ask();
    } catch (error) {
      connection.readyPromise = undefined;
      throw error;
    }
  };
}
