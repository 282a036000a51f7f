import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '#zakops/testing';
import { must } from './command.js';
import type { Ended } from './command.js';
import { fits } from './runbook.js';
import type { RunbookStep } from './runbook.js';
import type { TestBed } from './test-bed.js';

const PLACEHOLDER = 'postgresql://user:password@host:5432/zakops';
const CHECKOUT = process.cwd();
const REPOSITORY = 'published.git';
const RETRY_LIMIT_MS = 90_000;

/**
 * Somebody who types what a page says, block after block: variables and the folder last until the next one. The placeholders of the page
 * (the database, the repository) are what this deployment has.
 */
export class Operator {
  private constructor(
    private readonly bed: TestBed,
    private readonly state: string,
  ) {}

  static async sitDown(bed: TestBed): Promise<Operator> {
    const state = join(bed.folder, 'state.sh');
    await writeFile(state, `cd ${bed.folder}\n`);
    await publish(join(bed.folder, REPOSITORY));
    return new Operator(bed, state);
  }

  /** Does one step, and gives what is wrong with its answer, or undefined. */
  async perform(step: RunbookStep): Promise<string | undefined> {
    const { directive } = step;
    if (directive?.kind !== 'run') throw new Error(`Nothing says how to run line ${String(step.line)}.`);
    if (!directive.retry) return this.complaint(step, await this.type(step));
    let complaint: string | undefined;
    const isRight = async (): Promise<boolean> => {
      complaint = this.complaint(step, await this.type(step));
      return complaint === undefined;
    };
    await waitFor(`line ${String(step.line)} to answer as it should`, isRight, RETRY_LIMIT_MS).catch((error: unknown) => {
      if (complaint === undefined) throw error;
    });
    return complaint;
  }

  /** Value of a variable that the steps so far have set. */
  async variable(name: string): Promise<string> {
    const { output } = await this.bash(`printf %s "$${name}"`, false);
    return output;
  }

  private complaint(step: RunbookStep, { code, output }: Ended): string | undefined {
    const { directive, answer } = step;
    if (directive?.kind !== 'run') return undefined;
    if (directive.until !== undefined) {
      return output.includes(directive.until) ? undefined : `never said ${directive.until}:\n${output.slice(-3_000)}`;
    }
    if (code !== directive.exitCode) return `ended with ${String(code)}:\n${output.slice(-3_000)}`;
    if (answer !== undefined && !fits(answer, output)) return `answered:\n${output.slice(-3_000)}\ninstead of:\n${answer.text}`;
    return undefined;
  }

  private async type(step: RunbookStep): Promise<Ended> {
    const { directive } = step;
    const code = step.code.replaceAll(PLACEHOLDER, this.bed.databaseUrl);
    if (directive?.kind !== 'run') throw new Error('unreachable');
    if (step.language === 'sql') return this.bash(`psql "${this.bed.databaseUrl}" -P footer=off <<'SQL'\n${code};\nSQL`, false);
    switch (directive.place) {
      case 'here':
        return this.bash(code, directive.tty, directive.until);
      case 'elsewhere':
        return this.bash(`mkdir -p work && cd work\n${code}`, false);
      case 'checkout':
        return this.bash(`(cd ${CHECKOUT}\n${code})`, false);
      case 'settings':
        // The block is a file of settings: it is right when the programs accept it.
        return this.bash(`(cd ${CHECKOUT}; set -a\n${code}\nset +a; npm run --silent zakops -- config check)`, false);
      default:
        throw new Error(`Line ${String(step.line)} is to run in ${directive.place}, which nobody knows.`);
    }
  }

  private async bash(code: string, tty: boolean, until?: string): Promise<Ended> {
    const script = join(this.bed.folder, 'step.sh');
    const keep = `trap '{ declare -p | grep -vE "^declare -[a-zA-Z]*r"; echo "cd \\"$PWD\\""; } > ${this.state}.next' EXIT`;
    await writeFile(script, [`source ${this.state}`, keep, 'set -e', code, ''].join('\n'));
    const command = tty ? ['script', '-qefc', `bash ${script}`, '/dev/null'] : ['bash', script];
    const ended = await this.bed.engine.run(command[0] ?? '', command.slice(1), {
      cwd: this.bed.folder,
      env: this.environment(),
      clean: true,
      limitMs: until === undefined ? 420_000 : 60_000,
      ...(until === undefined ? {} : { until }),
    });
    await writeFile(this.state, await readFile(`${this.state}.next`));
    // script(1) shows the end of its own input.
    const output = tty ? ended.output.replace(/^\^@/, '') : ended.output;
    await appendFile(join(this.bed.folder, 'typed.log'), `$ ${code}\n${ended.output}\n`);
    return { ...ended, output };
  }

  /** The repository of the page is a copy of this checkout's. */
  private environment(): Readonly<Record<string, string>> {
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: this.bed.folder,
      CURL_HOME: this.bed.folder,
      GIT_CONFIG_COUNT: '2',
      GIT_CONFIG_KEY_0: `url.file://${join(this.bed.folder, REPOSITORY)}.insteadOf`,
      GIT_CONFIG_VALUE_0: 'https://github.com/your-org/zakops-backend.git',
      GIT_CONFIG_KEY_1: 'safe.directory',
      GIT_CONFIG_VALUE_1: '*',
      COLUMNS: '200',
    };
  }
}

/** What is checked out here becomes branch main of a repository, whatever its branch is called here, or if it has none. */
async function publish(repository: string): Promise<void> {
  const head = (await must('git', ['-C', CHECKOUT, 'rev-parse', 'HEAD'])).trim();
  await must('git', ['clone', '--quiet', '--bare', '--no-hardlinks', CHECKOUT, repository]);
  await must('git', ['-C', repository, 'update-ref', 'refs/heads/main', head]);
  await must('git', ['-C', repository, 'symbolic-ref', 'HEAD', 'refs/heads/main']);
}
