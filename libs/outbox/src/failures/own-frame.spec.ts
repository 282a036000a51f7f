import { ownFrame } from './own-frame.js';

function failedAt(...lines: readonly string[]): Error {
  return Object.assign(new Error('x'), { stack: ['Error: x', ...lines].join('\n') });
}

describe(ownFrame.name, () => {
  it('passes over packages, the runtime and what calls handlers', () => {
    const error = failedAt(
      '    at new Promise (<anonymous>)',
      '    at processTicksAndRejections (node:internal/process/task_queues:105:5)',
      '    at parse (file:///srv/node_modules/zod/index.js:1:2)',
      '    at Transaction.queryIn (file:///srv/dist/libs/database/src/transaction.js:10:2)',
      '    at async Promise.all (index 0)',
      '    at async RecordActivity.handle (file:///srv/apps/dist/libs/deals/src/event-handlers/record.js:42:13)',
      '    at async HandlerCall.run (file:///srv/dist/libs/outbox/src/consume/handler-call.js:1:1)',
    );
    expect(ownFrame(error)).toEqual({
      text: 'RecordActivity.handle (libs/deals/src/event-handlers/record.js:42)',
      place: 'RecordActivity.handle (libs/deals/src/event-handlers/record)',
    });
  });

  it('looks at the cause when the error itself was made by the machinery', () => {
    const cause = failedAt('    at /srv/libs/deals/src/a.ts:7:1');
    const error = Object.assign(failedAt('    at map (/srv/libs/database/src/map.ts:1:1)'), { cause });
    expect(ownFrame(error)).toEqual({ text: 'libs/deals/src/a.ts:7', place: 'libs/deals/src/a' });
  });

  it('gives none for what has no stack', () => {
    expect([ownFrame('text'), ownFrame(undefined), ownFrame(failedAt())]).toEqual([undefined, undefined, undefined]);
  });
});
