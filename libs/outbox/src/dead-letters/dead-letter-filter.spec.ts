import { deadLetterCondition } from './dead-letter-filter.js';

describe(deadLetterCondition.name, () => {
  it('chooses all dead letters when nothing is asked for', () => {
    const parameters: unknown[] = [];
    expect(deadLetterCondition({ consumer: undefined }, parameters)).toBe(`o.status = 'dead'`);
    expect(parameters).toEqual([]);
  });

  it('numbers its parameters after those that are there', () => {
    const parameters: unknown[] = ['first'];
    const condition = deadLetterCondition({ errorText: `%_'; DROP`, consumer: 'mailer' }, parameters);
    expect(condition).toBe(`o.status = 'dead' AND o.consumer = $2 AND strpos(zakops.fold(o.last_error), zakops.fold($3)) > 0`);
    expect(parameters).toEqual(['first', 'mailer', `%_'; DROP`]);
  });

  it('takes 0 days for a condition, not for nothing', () => {
    const parameters: unknown[] = [];
    expect(deadLetterCondition({ olderThanDays: 0 }, parameters)).toContain('$1::integer');
    expect(parameters).toEqual([0]);
  });
});
