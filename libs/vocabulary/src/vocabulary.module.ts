import { Module } from '@nestjs/common';
import type { MiddlewareConsumer, NestModule } from '@nestjs/common';
import { chooseVocabulary } from './vocabulary.middleware.js';

/** Answers callers in their own words: the original dashboard's, when they ask for them. */
@Module({})
export class VocabularyModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(chooseVocabulary).forRoutes('{*path}');
  }
}
