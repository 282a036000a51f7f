import {
  CancelTask,
  ChangeTaskRate,
  DiscardDeadLetter,
  ResubmitDeadLetter,
  RestoreDeadLetters,
  RestoreTask,
  StartTask,
  UndoTask,
} from '#zakops/dlq';
import type { TaskKind } from '#zakops/dlq';
import type { Prepared } from './prepared.js';
import type { RollbackCase } from './rollback-case.js';

const OPTIONS = { limit: null, rate: 1, reason: undefined, previewed: undefined, mayPurge: true };

/** Commands on tasks and on the archive. @param deadLetters - the tables that change with a dead letter that leaves the queue */
export function deadLetterTaskCases(deadLetters: readonly string[]): readonly RollbackCase[] {
  let consumers = 0;
  // Of each filter one task runs, and no worker ends it here.
  const filter = (): { consumer: string } => ({ consumer: `c${String((consumers += 1))}` });
  const task = async (given: Prepared, kind: TaskKind): Promise<string> => (await given.run(new StartTask(kind, filter(), OPTIONS))).id;
  return [
    { name: 'StartTask', writes: ['dlq_tasks'], command: () => Promise.resolve(new StartTask('redrive', filter(), OPTIONS)) },
    { name: 'CancelTask', writes: ['dlq_tasks'], command: async (given) => new CancelTask(await task(given, 'redrive'), 'no') },
    { name: 'ChangeTaskRate', writes: ['dlq_tasks'], command: async (given) => new ChangeTaskRate(await task(given, 'redrive'), 5) },
    { name: 'UndoTask', writes: ['dlq_tasks'], command: async (given) => new UndoTask(await task(given, 'redrive'), 'no') },
    { name: 'RestoreTask', writes: ['dlq_tasks'], command: async (given) => new RestoreTask(await task(given, 'discard'), 'no') },
    {
      name: 'RestoreDeadLetters',
      writes: [...deadLetters, 'dead_letter_archive'],
      command: async (given) => {
        const id = await given.deadLetter();
        await given.run(new DiscardDeadLetter(id, undefined));
        return new RestoreDeadLetters([id], 'by mistake');
      },
    },
    {
      name: 'ResubmitDeadLetter',
      writes: [...deadLetters, 'dead_letter_archive', 'resubmitted_events'],
      command: async (given) =>
        new ResubmitDeadLetter(
          await given.deadLetter(),
          { deal_id: 'DEAL-000001', changes: [{ field: 'display_name', old_value: null, new_value: 'Acme' }] },
          'corrected',
        ),
    },
  ];
}
