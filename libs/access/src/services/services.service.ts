import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ownedAnything, recordChange } from '@app/audit';
import { Clock } from '@app/platform/clock';
import { type ExpectedVersion, requireVersion } from '@app/platform/http';
import { DEFAULT_SERVICE, type Service, type ServiceSpec } from './domain/service.js';
import { refuseOddSlug, serviceIsDefault, serviceNotFound, slugRemembered } from './services.errors.js';
import { ServicesRepository, type ServiceWindow } from './services.repository.js';

/** The tenants, for operators: the place that looks across them. */
@Injectable()
export class ServicesService {
  constructor(
    private readonly repository: ServicesRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws ProblemError `slug_taken`, also where another service had it whose audit log is still kept */
  async create(slug: string, spec: ServiceSpec): Promise<Service> {
    const now = this.clock.now();
    const service: Service = { ...spec, slug, version: 1, createdAt: now, updatedAt: now };
    await this.repository.transaction(async (tx) => {
      await this.repository.insert(tx, service);
      if (await ownedAnything(tx, slug)) throw slugRemembered(slug);
      await recordChange(tx, { service: slug, action: 'service.created', resourceId: slug, after: service });
    });
    return service;
  }

  /** @throws ProblemError `service_not_found` */
  async get(slug: string): Promise<Service> {
    refuseOddSlug(slug);
    return (await this.repository.find(slug)) ?? notFound(slug);
  }

  /** By slug. */
  list(window: ServiceWindow): Promise<Service[]> {
    return this.repository.list(window);
  }

  /**
   * Nothing is written, and the version stays, when it changes nothing.
   * @param expected the version that the caller has seen; null when it does not matter
   * @param decide gets the service as it is under the lock
   * @throws ProblemError `service_not_found`, `stale_version`
   */
  change(
    slug: string,
    expected: ExpectedVersion,
    decide: (service: Service) => Promise<ServiceSpec>,
  ): Promise<Service> {
    return this.repository.transaction(async (tx) => {
      const current = await this.lockForChange(tx, slug, expected);
      const changed: Service = { ...current, ...(await decide(current)) };
      if (isDeepStrictEqual(changed, { ...current })) return current;
      const stored = { ...changed, version: current.version + 1, updatedAt: this.clock.now() };
      await this.repository.update(tx, stored);
      const sides = { before: current, after: stored };
      await recordChange(tx, { service: slug, action: 'service.updated', resourceId: slug, ...sides });
      return stored;
    });
  }

  /** @throws ProblemError `service_not_found`, `stale_version`, `service_in_use`, `service_is_default` */
  delete(slug: string, expected: ExpectedVersion): Promise<void> {
    return this.repository.transaction(async (tx) => {
      const service = await this.lockForChange(tx, slug, expected);
      if (slug === DEFAULT_SERVICE) throw serviceIsDefault(slug);
      await this.repository.delete(tx, slug);
      await recordChange(tx, { service: slug, action: 'service.deleted', resourceId: slug, before: service });
    });
  }

  private async lockForChange(tx: EntityManager, slug: string, expected: ExpectedVersion): Promise<Service> {
    refuseOddSlug(slug);
    const service = (await this.repository.lockForChange(tx, slug)) ?? notFound(slug);
    requireVersion(service, expected, `Service ${JSON.stringify(slug)}`);
    return service;
  }
}

function notFound(slug: string): never {
  throw serviceNotFound(slug);
}
