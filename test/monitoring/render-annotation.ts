/** Samples that are as awkward as measured ones: a count of one with the rest that Prometheus extrapolates. */
const SAMPLES = { value: 1.0714285714285714, percentage: '107.1%', duration: '1m 4s', bytes: '1.071Ki' } as const;

const LABEL = /\{\{ (?:or )?\$labels\.([a-z]+)(?: \$labels\.[a-z]+)* \}\}/g;
const ROUNDED = /\{\{ printf "%\.(\d)f" \$value \}\}/g;

/**
 * Fills a summary or description with samples. Knows the few forms that our alerts use; what it does not know stays, and so do values
 * without a form, which would show all their digits.
 */
export function renderAnnotation(template: string): string {
  return template
    .replaceAll(LABEL, '$1-1')
    .replaceAll(ROUNDED, (_, digits: string) => SAMPLES.value.toFixed(Number(digits)))
    .replaceAll('{{ $value | humanizePercentage }}', SAMPLES.percentage)
    .replaceAll('{{ $value | humanizeDuration }}', SAMPLES.duration)
    .replaceAll('{{ $value | humanize1024 }}', SAMPLES.bytes)
    .replaceAll(/\{\{ \$value(?: \| humanize)? \}\}/g, String(SAMPLES.value));
}

/** What keeps a text from being sentences; empty when nothing does. */
export function sentenceFaults(text: string): readonly string[] {
  const faults: string[] = [];
  for (const sentence of text.split(/(?<=[.!?]) /)) {
    if (!/^[A-Z]/.test(sentence)) faults.push(`begins small: ${sentence}`);
    if (!sentence.endsWith('.')) faults.push(`has no end: ${sentence}`);
  }
  if (text.includes('{{')) faults.push(`is not filled: ${text}`);
  if (/\d\.\d{4,}|\de[+-]\d/.test(text)) faults.push(`has a raw number: ${text}`);
  if (/(?<![\w.%/-])1 (?:more )?[a-z]+s\b/.test(text)) faults.push(`has one of several: ${text}`);
  return faults;
}
