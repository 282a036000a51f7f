import { CursorModule } from '#zakops/auth';
import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { SearchController } from './http/search.controller.js';
import { SearchReader } from './persistence/search.reader.js';
import { SimilarWordsReader } from './persistence/similar-words.reader.js';
import { CorrectingSearch } from './queries/correcting-search.js';
import { SearchEverythingHandler } from './queries/search-everything/search-everything.handler.js';
import { SearchOfKindHandler } from './queries/search-kind/search-kind.handler.js';
import { SearchSources } from './sources/search-sources.js';

/** Search over HTTP; what can be found is contributed by features. */
@Module({
  imports: [CursorModule, DiscoveryModule],
  controllers: [SearchController],
  providers: [SearchSources, SearchReader, SimilarWordsReader, CorrectingSearch, SearchOfKindHandler, SearchEverythingHandler],
})
export class SearchHttpModule {}
