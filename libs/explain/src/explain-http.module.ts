import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ExplainModule } from './explain.module.js';
import { ExplainController } from './http/explain.controller.js';

/** Explanations of events over HTTP. Loaded by the API alone. */
@Module({ imports: [CqrsModule, ExplainModule], controllers: [ExplainController] })
export class ExplainHttpModule {}
