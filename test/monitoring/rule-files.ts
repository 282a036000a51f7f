import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { RULES_FOLDER } from './prometheus.js';

/** The files with rules. */
export const RULE_FILES = ['recording.yml', 'alerts.yml', 'original-names.yml'] as const;

/** One rule: it records, or it alerts. */
export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An alert, which has all of these. */
export type Alert = Required<Pick<Rule, 'alert' | 'labels' | 'annotations'>> & Rule;

/** A test of an alert. */
export interface AlertTest {
  readonly name: string;
  readonly alert_rule_test: readonly {
    readonly alertname: string;
    readonly exp_alerts: readonly { readonly exp_annotations?: Readonly<Record<string, string>> }[];
  }[];
}

/** Every rule of these files. */
export function rulesOf(files: readonly string[] = RULE_FILES): readonly Rule[] {
  return files.flatMap((file) => read<{ groups: { rules: Rule[] }[] }>(file).groups.flatMap(({ rules }) => rules));
}

/** Every alert. */
export function alerts(): readonly Alert[] {
  return rulesOf(['alerts.yml']).filter((rule): rule is Alert => rule.alert !== undefined);
}

/** The files with tests, by name. */
export function testFiles(): readonly string[] {
  return readdirSync(join(RULES_FOLDER, 'tests')).sort();
}

/** Every test of alerts. */
export function alertTests(): readonly AlertTest[] {
  return testFiles().flatMap((file) => read<{ tests: AlertTest[] }>(join('tests', file)).tests);
}

function read<T>(file: string): T {
  return parse(readFileSync(join(RULES_FOLDER, file), 'utf8')) as T;
}
