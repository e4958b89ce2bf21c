import { Client } from 'pg';

/** Longer than any statement may take (STATEMENT_TIMEOUT_MS): whoever has not answered by then is gone. */
export const ANSWER_TIMEOUT_MS = 17_000;

/** What pg says when `query_timeout` has passed. */
const NO_ANSWER = 'Query read timeout';

/**
 * A connection that is closed when it does not answer.
 *
 * A server or a proxy that vanished without a word leaves connections on which a statement waits for ever. With
 * `query_timeout` pg gives up waiting, but keeps the connection, and the pool hands it out again and again. Measured: 3 s
 * of silence stopped every loop of every worker for good.
 */
export class ImpatientClient extends Client {
  constructor(...config: ConstructorParameters<typeof Client>) {
    super(...config);
    const ask = this.query.bind(this) as (...args: unknown[]) => unknown;
    this.query = ((...args: unknown[]) => this.closedWithoutAnswer(ask(...args))) as Client['query'];
  }

  private closedWithoutAnswer(answer: unknown): unknown {
    if (!(answer instanceof Promise)) return answer;
    return answer.catch((error: Error) => {
      if (error.message === NO_ANSWER) void this.end();
      throw error;
    });
  }
}
