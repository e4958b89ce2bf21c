import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { rowsOf } from './statement.js';

/** Whether there is a policy that limits what the tenants' role sees, and our login may take that role on. */
const STANDS = `
  SELECT EXISTS (SELECT FROM pg_policy WHERE polname = 'own_service')
         AND COALESCE(pg_has_role(session_user, to_regrole('scheduler_tenant'), 'SET'), false) AS stands`;

/** Warns at start where row-level security, the second wall between services, does not stand. */
@Injectable()
export class TenantWallCheck implements OnApplicationBootstrap {
  private readonly logger = new Logger(TenantWallCheck.name);

  constructor(private readonly dataSource: DataSource) {}

  async onApplicationBootstrap(): Promise<void> {
    // A database that does not answer is for readiness to report.
    if (await this.stands().catch(() => true)) return;
    this.logger.warn(
      'row-level security does not stand behind requests: the role scheduler_tenant is missing or not granted',
    );
  }

  private async stands(): Promise<boolean> {
    const [row] = await rowsOf<{ stands: boolean }>(this.dataSource, STANDS);
    return row?.stands ?? false;
  }
}
