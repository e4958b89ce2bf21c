import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, MoreThan, type QueryDeepPartialEntity, Repository } from 'typeorm';
import { namingClash, referringTable } from '@app/platform/database';
import type { Service } from './domain/service.js';
import { ServiceEntity } from './service.entity.js';
import { serviceInUse, slugTaken } from './services.errors.js';

/** By slug, starting above `afterSlug`. */
export interface ServiceWindow {
  readonly limit: number;
  readonly afterSlug?: string;
}

@Injectable()
export class ServicesRepository {
  constructor(@InjectRepository(ServiceEntity) private readonly services: Repository<ServiceEntity>) {}

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.services.manager.transaction(work);
  }

  find(slug: string): Promise<Service | null> {
    return this.services.findOneBy({ slug });
  }

  list({ limit, afterSlug }: ServiceWindow): Promise<Service[]> {
    return this.services.find({
      where: afterSlug === undefined ? {} : { slug: MoreThan(afterSlug) },
      order: { slug: 'ASC' },
      take: limit,
    });
  }

  /** NO KEY UPDATE: its own writers wait for each other, while jobs that refer to it are still inserted. */
  lockForChange(tx: EntityManager, slug: string): Promise<Service | null> {
    return tx.findOne(ServiceEntity, { where: { slug }, lock: { mode: 'for_no_key_update' } });
  }

  async insert(tx: EntityManager, service: Service): Promise<void> {
    const clashes = { services_pkey: () => slugTaken(service.slug) };
    await namingClash(clashes, () => tx.insert(ServiceEntity, row(service)));
  }

  async update(tx: EntityManager, service: Service): Promise<void> {
    await tx.update(ServiceEntity, { slug: service.slug }, row(service));
  }

  /** The foreign keys decide, so that nothing can be made for it in between. */
  async delete(tx: EntityManager, slug: string): Promise<void> {
    try {
      await tx.delete(ServiceEntity, { slug });
    } catch (error) {
      const table = referringTable(error);
      throw table === null ? error : serviceInUse(slug, table);
    }
  }
}

/** TypeORM's types do not take readonly arrays. */
function row(service: Service): QueryDeepPartialEntity<ServiceEntity> {
  return service as unknown as QueryDeepPartialEntity<ServiceEntity>;
}
