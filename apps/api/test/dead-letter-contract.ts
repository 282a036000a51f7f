const NOWHERE = '01a20766-1903-7000-b53a-f1a67f726fc3';

/** One call of an operation, and the status that it is answered with. */
interface Call {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly status: number;
}

/** Calls to every operation on tasks and on the archive; `taskId` is a task that has ended. */
export function deadLetterTaskCalls(taskId: string): Readonly<Record<string, readonly Call[]>> {
  const task = { id: taskId };
  const unknown = { path: { id: NOWHERE }, status: 404 };
  const nothing = { filter: { consumer: 'nobody' } };
  return {
    redriveDeadLetters: [
      { body: { ...nothing, dry_run: true }, status: 200 },
      { body: nothing, status: 202 },
      { body: {}, status: 400 },
      { body: { ...nothing, token: 'forged' }, status: 400 },
    ],
    discardDeadLetters: [
      { body: { filter: { consumer: 'nobody-else' }, dry_run: true }, status: 200 },
      { body: { filter: { consumer: 'nobody-else' } }, status: 202 },
      { body: { ...nothing, rate: -1 }, status: 400 },
    ],
    listDeadLetterTasks: [
      { status: 200 },
      { query: { state: 'finished', limit: '1' }, status: 200 },
      { query: { cursor: 'forged' }, status: 400 },
    ],
    getDeadLetterTask: [{ path: task, status: 200 }, unknown],
    cancelDeadLetterTask: [
      { path: task, body: {}, status: 200 },
      { ...unknown, body: {} },
    ],
    changeDeadLetterTaskRate: [
      { path: task, body: { rate: 5 }, status: 409 },
      { ...unknown, body: { rate: 5 } },
      { path: task, body: {}, status: 400 },
    ],
    undoDeadLetterTask: [
      { path: task, body: {}, status: 200 },
      { path: task, body: {}, status: 409 },
      { ...unknown, body: {} },
    ],
    listArchivedDeadLetters: [
      { status: 200 },
      { query: { consumer: 'deal-activity', limit: '1' }, status: 200 },
      { query: { limit: '0' }, status: 400 },
    ],
    restoreDeadLetters: [
      { body: { ids: [NOWHERE] }, status: 200 },
      { body: {}, status: 400 },
      { body: { task_id: NOWHERE }, status: 404 },
    ],
  };
}
