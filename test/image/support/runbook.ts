/** A command block of a page, and what the page says of it. */
export interface RunbookStep {
  /** The heading above it, for the name of the test. */
  readonly heading: string;
  /** Line of the block in the page, counted from 1. */
  readonly line: number;
  readonly language: 'bash' | 'sql';
  readonly code: string;
  /** How to run it, from the comment before it; undefined when nobody said. */
  readonly directive: Directive | undefined;
  /** What the page shows as its answer, if it shows one. */
  readonly answer: { readonly language: 'json' | 'text'; readonly text: string } | undefined;
}

/** `<!-- run: place exit=1 until="text" retry tty -->` or `<!-- not run: why -->`. */
export type Directive =
  | { readonly kind: 'not run'; readonly why: string }
  | {
      readonly kind: 'run';
      /** `here`: where the steps before it left off. Other places are named by the executor. */
      readonly place: string;
      readonly exitCode: number;
      /** Ended once this was seen: for commands that follow a log. */
      readonly until: string | undefined;
      /** Repeated until its answer is right, for what takes a moment. */
      readonly retry: boolean;
      readonly tty: boolean;
    };

const FENCE = /^```(\w*)$/;
const RUN = /^<!-- run(?::? (.*))? -->$/;
const NOT_RUN = /^<!-- not run: (.*) -->$/;

/** The command blocks of a page in Markdown, in order. */
export function readRunbook(page: string): readonly RunbookStep[] {
  const steps: RunbookStep[] = [];
  let heading = '';
  let directive: Directive | undefined;
  let fence: { language: string; line: number; code: string[] } | undefined;
  for (const [index, line] of page.split('\n').entries()) {
    const opened = FENCE.exec(line);
    if (fence !== undefined) {
      if (opened === null) {
        fence.code.push(line);
        continue;
      }
      addBlock(steps, heading, directive, fence);
      if (isCommand(fence.language)) directive = undefined;
      fence = undefined;
    } else if (opened !== null) fence = { language: opened[1] ?? '', line: index + 1, code: [] };
    else if (line.startsWith('#')) {
      heading = line.replace(/^#+ /, '');
      // An answer never stands below another heading than its command.
      steps.push(SECTION_END);
    } else if (line.startsWith('<!--')) directive = readDirective(line) ?? directive;
  }
  return steps.filter((step) => step !== SECTION_END);
}

const SECTION_END: RunbookStep = { heading: '', line: 0, language: 'bash', code: '', directive: undefined, answer: undefined };

function isCommand(language: string): language is RunbookStep['language'] {
  return language === 'bash' || language === 'sql';
}

function addBlock(
  steps: RunbookStep[],
  heading: string,
  directive: Directive | undefined,
  { language, line, code }: { language: string; line: number; code: readonly string[] },
): void {
  const text = code.join('\n');
  if (isCommand(language)) {
    steps.push({ heading, line, language, code: text, directive, answer: undefined });
    return;
  }
  const last = steps.at(-1);
  if (last === undefined || last === SECTION_END || last.answer !== undefined) return;
  if (language === 'json' || language === 'text') steps[steps.length - 1] = { ...last, answer: { language, text } };
}

function readDirective(line: string): Directive | undefined {
  const why = NOT_RUN.exec(line)?.[1];
  if (why !== undefined) return { kind: 'not run', why };
  const found = RUN.exec(line);
  if (found === null) return undefined;
  const options = found[1] ?? '';
  const value = (name: string): string | undefined => {
    const option = new RegExp(`\\b${name}=(?:"([^"]*)"|(\\S+))`).exec(options);
    return option?.[1] ?? option?.[2];
  };
  return {
    kind: 'run',
    place: line.startsWith('<!-- run: ') ? (options.split(' ')[0] ?? '') : 'here',
    exitCode: Number(value('exit') ?? 0),
    until: value('until'),
    retry: /\bretry\b/.test(options),
    tty: /\btty\b/.test(options),
  };
}

/**
 * Whether an output is what the page shows. `...` stands for anything.
 *
 * @remarks JSON is compared member by member, and may have more members than are shown; text is compared as a whole, blanks run together.
 */
export function fits(answer: NonNullable<RunbookStep['answer']>, output: string): boolean {
  if (answer.language === 'json') return fitsJson(JSON.parse(answer.text), parse(output));
  const pattern = oneBlank(answer.text).split('...').map(escape).join('[^]*');
  return new RegExp(`^${pattern}$`).test(oneBlank(output));
}

function fitsJson(shown: unknown, found: unknown): boolean {
  if (shown === '...') return found !== undefined;
  if (Array.isArray(shown)) {
    return Array.isArray(found) && shown.length === found.length && shown.every((item, index) => fitsJson(item, found[index]));
  }
  if (typeof shown === 'object' && shown !== null) {
    if (typeof found !== 'object' || found === null) return false;
    return Object.entries(shown).every(([name, value]) => fitsJson(value, (found as Record<string, unknown>)[name]));
  }
  if (typeof shown === 'string' && shown.includes('...'))
    return typeof found === 'string' && fits({ language: 'text', text: shown }, found);
  return shown === found;
}

function parse(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}

function oneBlank(text: string): string {
  const plain = text.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, '');
  return plain.replaceAll(/\s+/g, ' ').trim();
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
