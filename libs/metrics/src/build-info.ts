import { AppConfig } from '@app/platform/config';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Gauge } from 'prom-client';

const buildInfo = new Gauge({
  name: 'scheduler_build_info',
  help: 'Always 1; the labels say which version runs, and on which Node.js.',
  labelNames: ['version', 'node'],
});

@Injectable()
export class BuildInfo implements OnModuleInit {
  constructor(private readonly config: AppConfig) {}

  onModuleInit(): void {
    buildInfo.set({ version: this.config.service.version, node: process.version }, 1);
  }
}
