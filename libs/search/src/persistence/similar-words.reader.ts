import { Database, databaseErrorFields, UnitOfWork } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { SearchKind } from '../sources/search-source.js';
import { chooseCorrections, mayBeMisspelled } from '../words/corrections.js';
import type { SearchTerms } from '../words/search-terms.js';
import { searchWords } from '../words/search-words.js';

/** So many words that are alike are read, the most similar first. */
const MOST_WORDS = 60;
/** Two exchanged letters in a word of eight leave 0.38 of its trigrams. */
const SIMILARITY = '0.35';
const LOOK_AGAIN_MS = 60_000;
const UNDEFINED_FUNCTION = '42883';
const INVALID_SCHEMA_NAME = '3F000';

const EXTENSION = `
  SELECT quote_ident(n.nspname) AS schema FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
   WHERE e.extname = 'pg_trgm' AND has_schema_privilege(n.oid, 'USAGE') AND to_regclass('zakops.search_words_similar_idx') IS NOT NULL`;

/** Finds words that are written much like a given one, by `pg_trgm`, in whichever schema it is. */
@Injectable()
export class SimilarWordsReader {
  #schema: string | undefined;
  #lookedAt = -Infinity;

  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Adds to each word those that may be meant.
   *
   * @returns undefined when there are none, or the database lacks `pg_trgm` or its index
   */
  async correct(kind: SearchKind, terms: SearchTerms): Promise<SearchTerms | undefined> {
    if (!terms.some(([word]) => word !== undefined && mayBeMisspelled(word))) return undefined;
    const schema = await this.schema();
    if (schema === undefined) return undefined;
    const corrected: (readonly string[])[] = [];
    for (const [word = ''] of terms) {
      const similar = mayBeMisspelled(word) ? await this.wordsUnlessGone(schema, kind, word) : [];
      corrected.push([word, ...chooseCorrections(word, similar.flatMap(searchWords))]);
    }
    return corrected.some((group) => group.length > 1) ? corrected : undefined;
  }

  private async wordsLike(schema: string, kind: SearchKind, word: string): Promise<readonly string[]> {
    const rows = await this.unitOfWork.runReading(async (tx) => {
      const [, words] = await Promise.all([
        // For this transaction: the server's own setting may be any.
        tx.query(`SELECT set_config('pg_trgm.word_similarity_threshold', $1, true)`, [SIMILARITY]),
        tx.query<{ word: string }>(
          `SELECT word FROM zakops.search_words WHERE kind = $1 AND word OPERATOR(${schema}.%>) $2
            ORDER BY ${schema}.similarity(word, $2) DESC, word LIMIT ${String(MOST_WORDS)}`,
          [kind, word],
        ),
      ]);
      return words;
    });
    return rows.map(({ word: similar }) => similar);
  }

  /** An extension that was dropped a moment ago must not make the search fail. */
  private async wordsUnlessGone(schema: string, kind: SearchKind, word: string): Promise<readonly string[]> {
    try {
      return await this.wordsLike(schema, kind, word);
    } catch (error) {
      const { sqlState } = databaseErrorFields(error instanceof Error ? error.cause : undefined);
      if (sqlState !== UNDEFINED_FUNCTION && sqlState !== INVALID_SCHEMA_NAME) throw error;
      this.#schema = undefined;
      return [];
    }
  }

  /** The schema as SQL. An extension that was added, moved or dropped is noticed within a minute. */
  private async schema(): Promise<string | undefined> {
    const now = performance.now();
    if (now - this.#lookedAt > LOOK_AGAIN_MS) {
      const [row] = await this.database.query<{ schema: string }>(EXTENSION);
      this.#schema = row?.schema;
      this.#lookedAt = now;
    }
    return this.#schema;
  }
}
