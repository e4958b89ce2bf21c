import { Global, Module } from '@nestjs/common';
import { Clock } from './clock.js';
import { DatabaseClock } from './database-clock.js';

@Global()
@Module({
  providers: [{ provide: Clock, useClass: DatabaseClock }],
  exports: [Clock],
})
export class ClockModule {}
