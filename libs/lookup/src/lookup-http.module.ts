import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { LookupController } from './http/lookup.controller.js';
import { LookupModule } from './lookup.module.js';

/** Lookup over HTTP. Loaded by the API alone. */
@Module({ imports: [CqrsModule, LookupModule], controllers: [LookupController] })
export class LookupHttpModule {}
