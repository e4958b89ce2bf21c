import { Client } from 'pg';
import { currentService } from '@app/platform/request-context';
import { ImpatientClient } from './impatient-client.js';

const ACT_FOR_SERVICE = 'SELECT act_for_service($1)';

/**
 * A connection whose statements stand behind the tenants' wall (row-level security) while a request acts for a service.
 *
 * Who it acts for is said in front of a statement, and only where the statement before was for somebody else. Both are sent
 * one behind the other on the one connection; a statement for which it could not be said fails with it.
 */
export class TenantClient extends ImpatientClient {
  /** What the connection was told last; undefined when that is not certain. */
  private actingFor: string | null | undefined = null;

  constructor(...config: ConstructorParameters<typeof Client>) {
    super(...config);
    const ask = this.query.bind(this) as (...args: unknown[]) => unknown;
    this.query = ((...args: unknown[]) => this.behindTheWall(ask, args)) as Client['query'];
  }

  private behindTheWall(ask: (...args: unknown[]) => unknown, args: unknown[]): unknown {
    const service = currentService();
    if (service === this.actingFor) return ask(...args);
    const told = this.tell(ask, service);
    const answer = ask(...args);
    if (!(answer instanceof Promise)) return answer;
    return Promise.all([answer, told]).then(([result]: unknown[]) => result);
  }

  /** A transaction that is rolled back takes back what it was told inside; then it has to be told again. */
  private tell(ask: (...args: unknown[]) => unknown, service: string | null): Promise<unknown> {
    const isInTransaction = this.getTransactionStatus() === 'T';
    this.actingFor = isInTransaction ? undefined : service;
    const told = ask(ACT_FOR_SERVICE, [service]) as Promise<unknown>;
    told.catch(() => (this.actingFor = undefined));
    return told;
  }
}
