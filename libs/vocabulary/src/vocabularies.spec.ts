import { DEAL_STAGES } from '#zakops/contracts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACTION_STATUSES_OF_DASHBOARD, DASHBOARD_ACTION_STATUSES, DASHBOARD_STAGES, STAGES_OF_DASHBOARD } from './vocabularies.js';

describe('the vocabularies', () => {
  it('are those of the document', () => {
    const rows = readFileSync(join(process.cwd(), 'docs/vocabularies.md'), 'utf8')
      .split('\n')
      .flatMap((line) => {
        const [, stage = '', answer = '', requests = ''] = line.split('|').map((cell) => cell.trim());
        const words = (cell: string): string[] =>
          cell
            .replaceAll('`', '')
            .split(', ')
            .filter((word) => word !== '');
        return (DEAL_STAGES as readonly string[]).includes(words(stage)[0] ?? '')
          ? [[words(stage)[0], words(answer)[0], words(requests)]]
          : [];
      });
    expect(rows).toEqual(
      DEAL_STAGES.map((stage) => [
        stage,
        DASHBOARD_STAGES[stage],
        Object.entries(STAGES_OF_DASHBOARD)
          .filter(([, meant]) => meant === stage)
          .map(([word]) => word),
      ]),
    );
  });

  it('give every status of an action back', () => {
    expect(DASHBOARD_ACTION_STATUSES).toEqual({ EXECUTING: 'RUNNING' });
    expect(ACTION_STATUSES_OF_DASHBOARD).toEqual({ RUNNING: 'EXECUTING', PROCESSING: 'EXECUTING' });
    expect(readFileSync(join(process.cwd(), 'docs/vocabularies.md'), 'utf8')).toContain(
      'Statuses of actions: `RUNNING` and `PROCESSING` mean `EXECUTING`, which is answered as `RUNNING`.',
    );
  });

  it('give every word back, but for two stages that share a column', () => {
    for (const [word, stage] of Object.entries(STAGES_OF_DASHBOARD)) if (word !== 'qualified') expect(DASHBOARD_STAGES[stage]).toBe(word);
  });
});
