import { databasePlaceOf } from '#zakops/postgres';
import { tracing } from '#zakops/tracing';
import type { Span, SpanAttributes } from '#zakops/tracing';
import type { DataSource } from 'typeorm';
import { databaseErrorFields } from '../map-database-error.js';
import type { Statement } from '../statement.js';
import { summaryOf } from './statement-summary.js';

/**
 * The spans of one database; only while tracing is on, and only where a recorded operation asks for them.
 *
 * @remarks Neither values nor text: the summary says what is done to which tables.
 * @see https://opentelemetry.io/docs/specs/semconv/database/postgresql/
 */
export class DatabaseSpans {
  #place: SpanAttributes | undefined;

  constructor(private readonly dataSource: DataSource) {}

  /** Runs one statement as a span of its own. */
  async ofStatement<T>(statement: Statement, work: () => Promise<T>): Promise<T> {
    if (tracing.current?.isRecording !== true) return work();
    const summary = summaryOf(statement);
    return endWith(this.start(summary, { 'db.query.summary': summary }), work());
  }

  /**
   * Runs a transaction as a span; what it does is caused by that span.
   *
   * @param work - is given the span, to note when it commits
   */
  async ofTransaction<T>(work: (span: Span | undefined) => Promise<T>): Promise<T> {
    // The worker's batches have no span above them: each delivery has one, with the trace of its event.
    if (tracing.current?.isRecording !== true) return work(undefined);
    const span = this.start('transaction', { 'db.operation.name': 'transaction' });
    return endWith(
      span,
      tracing.within(span, () => work(span)),
    );
  }

  private start(name: string, attributes: SpanAttributes): Span {
    this.#place ??= placeOf(this.dataSource);
    return tracing.start(name, { kind: 'client', attributes: { ...this.#place, ...attributes } });
  }
}

async function endWith<T>(span: Span, working: Promise<T>): Promise<T> {
  try {
    return await working;
  } catch (error) {
    const state = sqlStateOf(error);
    if (state !== undefined) span.set({ 'db.response.status_code': state });
    span.fail(state ?? (error instanceof Error ? error.name : 'unknown'));
    throw error;
  } finally {
    span.end();
  }
}

function sqlStateOf(error: unknown): string | undefined {
  const fields = databaseErrorFields(error);
  return fields.sqlState ?? (error instanceof Error && error.cause !== undefined ? databaseErrorFields(error.cause).sqlState : undefined);
}

/** Which database this is; without user and password. */
function placeOf({ options }: DataSource): SpanAttributes {
  const text = 'url' in options ? options.url : undefined;
  if (text === undefined) return { 'db.system.name': 'postgresql' };
  const { host, port, database } = databasePlaceOf(text);
  return { 'db.system.name': 'postgresql', 'db.namespace': database, 'server.address': host, 'server.port': port };
}
