import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiKeyEntity } from './api-key.entity.js';
import { KeyCache } from './key-cache.js';
import { KeyHasher } from './key-hasher.js';
import { KeyUses } from './key-uses.js';
import { KeysRepository } from './keys.repository.js';
import { KeysService } from './keys.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([ApiKeyEntity])],
  providers: [KeysRepository, KeyHasher, KeyCache, KeyUses, KeysService],
  exports: [KeysService, KeyHasher, KeyCache, KeyUses],
})
export class KeysModule {}
