import type { Color } from '../../terminal/color.js';
import { drawTable } from '../../terminal/table.js';
import type { Terminal } from '../../terminal/terminal.js';
import type { FindingState, ReportedFinding } from './finding.js';

const COLORS: Readonly<Record<FindingState, Color>> = { ok: 'green', warning: 'yellow', failure: 'red', skipped: 'dim' };

/** Prints what was found: a table on a terminal, JSON elsewhere. */
export async function showReport(findings: readonly ReportedFinding[], terminal: Terminal, asJson: boolean): Promise<void> {
  const count = (state: FindingState): number => findings.filter((finding) => finding.state === state).length;
  if (asJson || !terminal.showsTables) {
    const summary = { ok: count('ok'), warning: count('warning'), failure: count('failure'), skipped: count('skipped') };
    const checks = findings.map(({ id, title, state, detail, advice, measured, link }) => ({
      id,
      title,
      state,
      detail,
      advice: advice ?? null,
      runbook: link,
      figures: measured ?? {},
    }));
    terminal.print(JSON.stringify({ healthy: summary.failure === 0, summary, checks }, null, 2));
    return;
  }
  const rows = findings.map((finding) => [{ text: finding.state, color: COLORS[finding.state] }, finding.title, textOf(finding)]);
  terminal.printDrawn(await drawTable({ head: ['', 'check', 'found'], rows }, terminal));
  terminal.print(
    `${String(count('failure'))} failures, ${String(count('warning'))} warnings, ${String(count('skipped'))} skipped, ${String(count('ok'))} ok`,
  );
}

function textOf({ state, detail, advice, link }: ReportedFinding): string {
  if (state === 'ok') return detail;
  return [detail, ...(advice === undefined ? [] : [`-> ${advice}`]), `-> ${link}`].join('\n');
}
