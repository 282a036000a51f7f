import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processTerminal } from './terminal.js';

const HOSTILE = 'a\u001B[2J\u009B31m\u001B]8;;http://evil.example\u0007b\rc\b\nnext';
const SHOWN = 'a\\u001b[2J\\u009b31m\\u001b]8;;http://evil.example\\u0007b\\u000dc\\u0008\nnext\n';
const WRITERS = ['apps/cli/src/terminal/terminal.ts', 'apps/cli/src/terminal/confirm.ts', 'apps/launcher/src/launcher-console.ts'];

describe(processTerminal.name, () => {
  it.each([
    ['print', 'stdout'],
    ['note', 'stderr'],
  ] as const)('shows what a terminal would obey: %s', (method, stream) => {
    const write = jest.spyOn(process[stream], 'write').mockReturnValue(true);
    try {
      processTerminal({})[method](HOSTILE);
      expect(write.mock.calls).toEqual([[SHOWN]]);
    } finally {
      write.mockRestore();
    }
  });

  it('shows in a stream what a terminal would obey, and leaves it unchanged in a file', async () => {
    const { stdout } = process;
    const written: string[] = [];
    const write = jest.spyOn(stdout, 'write').mockImplementation((text: string | Uint8Array) => {
      written.push(text.toString());
      return true;
    });
    const before = stdout.isTTY;
    try {
      stdout.isTTY = true;
      await processTerminal({}).printStream(eachOf(HOSTILE));
      stdout.isTTY = false;
      await processTerminal({}).printStream(eachOf(HOSTILE));
    } finally {
      stdout.isTTY = before;
      write.mockRestore();
    }
    expect(written).toEqual([SHOWN.trimEnd(), HOSTILE]);
  });

  it('leaves JSON the same value', () => {
    const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      processTerminal({}).print(JSON.stringify({ HOSTILE }));
      expect(JSON.parse(String(write.mock.calls[0]?.[0]))).toEqual({ HOSTILE });
    } finally {
      write.mockRestore();
    }
  });
});

async function* eachOf(text: string): AsyncGenerator<string> {
  yield await Promise.resolve(text);
}

describe('the sources of command line and launcher', () => {
  const files = ['apps/cli/src', 'apps/launcher/src'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
      .map((name) => join(folder, name)),
  );

  it.each(files.filter((file) => !WRITERS.includes(file)))('write in one place, which shows what a terminal would obey: not %s', (file) => {
    expect(readFileSync(file, 'utf8')).not.toMatch(/process\.(?:stdout|stderr)|\bconsole\.(?:log|error|warn|info)\(/);
  });
});
