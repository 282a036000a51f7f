import { prepared } from '../statement.js';
import { summaryOf } from './statement-summary.js';

describe(summaryOf.name, () => {
  it.each([
    ['SELECT position, epoch FROM zakops.event_log_head', 'SELECT event_log_head'],
    ['\n  UPDATE zakops.deals SET stage = $1', 'UPDATE deals'],
    ['WITH head AS (SELECT 1 FROM zakops.events) INSERT INTO zakops.outbox SELECT 1', 'INSERT events outbox'],
    ['WITH a AS (SELECT 1 FROM zakops.events) SELECT zakops.stream_of(1) FROM a', 'SELECT events'],
    ['SELECT 1 FROM zakops.a JOIN zakops.b ON true JOIN zakops.c ON true JOIN zakops.d ON true', 'SELECT a b c'],
    [`SELECT pg_notify($1, $2)`, 'SELECT pg_notify'],
    [`SELECT 'value' AS x`, 'SELECT'],
    ['', 'QUERY'],
  ])('%j is %s', (text, expected) => {
    expect(summaryOf(text)).toBe(expected);
    expect(summaryOf(prepared(text))).toBe(expected);
  });
});
