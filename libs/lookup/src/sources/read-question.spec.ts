import { readQuestion } from './read-question.js';

describe(readQuestion.name, () => {
  it.each([
    [' 17 ', { text: '17', position: 17 }],
    ['01A20766-1903-7000-b53a-f1a67f726fc3', { uuid: '01a20766-1903-7000-b53a-f1a67f726fc3' }],
    ['4BF92F3577B34DA6A3CE929D0E0E4736', { traceId: '4bf92f3577b34da6a3ce929d0e0e4736' }],
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', { traceId: '4bf92f3577b34da6a3ce929d0e0e4736' }],
    ['0', { position: undefined }],
    ['DEAL-000001', { text: 'DEAL-000001', uuid: undefined, position: undefined, traceId: undefined }],
  ])('reads %j', (text, expected) => {
    expect(readQuestion(text)).toMatchObject(expected);
  });
});
