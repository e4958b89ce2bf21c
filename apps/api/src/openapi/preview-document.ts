import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { type OpenAPIObject } from '@nestjs/swagger';
import { ApiModule } from '../api.module.js';
import { buildDocument } from './build-document.js';

/** The document without a running api: Nest reads the modules, and nothing in them is created or connected. */
export async function previewDocument(version: string): Promise<OpenAPIObject> {
  const app = await NestFactory.create<NestExpressApplication>(ApiModule, {
    preview: true,
    logger: false,
    abortOnError: false,
  });
  return buildDocument(app, version);
}
