import { fits, readRunbook } from './runbook.js';

const PAGE = `# Page

## First

<!-- run: docker exit=1 -->

\`\`\`bash
one
two
\`\`\`

It answers:

\`\`\`json
{ "a": 1 }
\`\`\`

<!-- run until="is up" retry -->

\`\`\`bash
follow
\`\`\`

## Second

\`\`\`text
belongs to nobody
\`\`\`

<!-- not run: needs a cluster -->

\`\`\`bash
apply
\`\`\`

\`\`\`sql
SELECT 1
\`\`\`
`;

describe('readRunbook', () => {
  it('finds every command block with its heading, its directive and its answer', () => {
    const run = { kind: 'run', place: 'here', exitCode: 0, until: undefined, retry: false, tty: false };
    expect(readRunbook(PAGE)).toEqual([
      {
        heading: 'First',
        line: 7,
        language: 'bash',
        code: 'one\ntwo',
        directive: { ...run, place: 'docker', exitCode: 1 },
        answer: { language: 'json', text: '{ "a": 1 }' },
      },
      {
        heading: 'First',
        line: 20,
        language: 'bash',
        code: 'follow',
        directive: { ...run, until: 'is up', retry: true },
        answer: undefined,
      },
      {
        heading: 'Second',
        line: 32,
        language: 'bash',
        code: 'apply',
        directive: { kind: 'not run', why: 'needs a cluster' },
        answer: undefined,
      },
      { heading: 'Second', line: 36, language: 'sql', code: 'SELECT 1', directive: undefined, answer: undefined },
    ]);
  });
});

describe('fits', () => {
  it.each([
    ['text', 'up to date', 'up to date\n', true],
    ['text', 'up to date', 'nothing is up to date', false],
    ['text', '...\nzakops ... Up\n...', 'NAME STATE\nzakops   8000   Up\nother Up', true],
    ['text', '...\nzakops ... Up\n...', 'NAME STATE\nzakops   8000   Exit', false],
    ['text', 'a.c', 'abc', false],
    ['json', '{ "a": 1 }', '{"a":1,"b":2}', true],
    ['json', '{ "a": 1 }', '{"a":2}', false],
    ['json', '{ "a": "..." }', '{}', false],
    ['json', '{ "a": "from ... on" }', '{"a":"from now on"}', true],
    ['json', '{ "a": [{ "b": 1 }] }', '{"a":[{"b":1},{"b":1}]}', false],
    ['json', '{ "a": 1 }', 'no JSON', false],
  ] as const)('%s %j of %j: %s', (language, text, output, expected) => {
    expect(fits({ language, text }, output)).toBe(expected);
  });
});
