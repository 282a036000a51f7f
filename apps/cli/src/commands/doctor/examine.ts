import type { Check, Finding, ReportedFinding } from './finding.js';

const MISSING_SCHEMA = new Set(['42P01', '3F000', '42703']);
const DENIED = '42501';

/** Something that a check needs could not be had: it says nothing about what the check would have seen. */
export class CannotLookError extends Error {
  override readonly name = 'CannotLookError';
}

/** Runs one check; what it throws becomes a finding, so that one broken thing does not hide the others. */
export async function examine(check: Check, secrets: readonly string[]): Promise<readonly ReportedFinding[]> {
  const { id, title, guide } = check;
  const found = await check.run().catch(toFinding);
  const findings = 'state' in found ? [found] : found;
  const clean = (text: string): string => secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
  return findings.map(({ state, detail, advice, measured }) => ({
    id,
    title,
    state,
    detail: clean(detail),
    advice: advice === undefined ? undefined : clean(advice),
    measured,
    link: `docs/${guide}`,
  }));
}

function toFinding(error: unknown): Finding {
  const text = error instanceof Error && error.message !== '' ? error.message : String(error);
  if (error instanceof CannotLookError) return { state: 'skipped', detail: text };
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (MISSING_SCHEMA.has(code))
    return { state: 'skipped', detail: `The schema is not up to date (${text}).`, advice: 'Run zakops migrate.' };
  if (code === DENIED) return { state: 'failure', detail: `The role may not look: ${text}.`, advice: 'Run zakops roles grant for it.' };
  return { state: 'failure', detail: text.endsWith('.') ? text : `${text}.` };
}
