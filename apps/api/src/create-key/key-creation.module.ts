import { Module } from '@nestjs/common';
import { KeysModule } from '@app/access';
import { ClockModule } from '@app/platform/clock';
import { AppConfigModule } from '@app/platform/config';
import { DatabaseModule } from '@app/platform/database';

/** Composition root of the process that makes a first key: database and pepper, and nothing that listens. */
@Module({
  imports: [AppConfigModule, ClockModule, DatabaseModule.forApp('scheduler-key-create'), KeysModule],
})
export class KeyCreationModule {}
