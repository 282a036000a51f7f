import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { LookupReader } from './persistence/lookup.reader.js';
import { LookupIdHandler } from './queries/lookup-id/lookup-id.handler.js';
import { LookupSources } from './sources/lookup-sources.js';

/** Says what an id is; what can be found is contributed by modules. */
@Module({ imports: [CqrsModule, DiscoveryModule], providers: [LookupIdHandler, LookupReader, LookupSources] })
export class LookupModule {}
