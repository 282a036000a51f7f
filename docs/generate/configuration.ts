import type { AnyConfigClass, Setting } from '#zakops/config';

/** The page of all settings, from the classes that read them. */
export function configurationPage(classes: readonly AnyConfigClass[]): string {
  const sections = classes.map((configClass) => {
    const rows = Object.values(configClass.settings).map(settingRow);
    return [`## ${configClass.title}`, '', '| Variable | Form and unit | Default | Meaning |', '|---|---|---|---|', ...rows].join('\n');
  });
  return [
    '# Configuration',
    '',
    'Every setting is an environment variable. All of them are read and checked when a process starts: it lists every problem at once',
    'and exits with code 1. An empty variable counts as not set. This page is generated from the code by `npm run docs:generate`.',
    '',
    'A secret can be in a file instead, as Docker and Kubernetes provide it: `<NAME>_FILE` names a file whose content, without blanks and',
    'line breaks around it, is the value. Setting both, or naming a file that is empty or cannot be read, is a problem like any other.',
    '',
    'Rules between settings: `APP_ENV=production` needs `AUTH_REQUIRED=true`; `AUTH_REQUIRED=true` needs a `SESSION_SECRET` of at least',
    '32 bytes; `DATABASE_IDLE_TRANSACTION_TIMEOUT` must be longer than `OUTBOX_HANDLER_TIMEOUT`, `SHUTDOWN_TIMEOUT` longer than',
    '`DRAIN_DELAY`, and `DATABASE_STATEMENT_TIMEOUT` longer than `DATABASE_LOCK_TIMEOUT`. `OUTBOX_CRASH_POINT` is refused in production.',
    '',
    sections.join('\n\n'),
    '',
  ].join('\n');
}

function settingRow(setting: Setting): string {
  const fallback = setting.default === undefined ? 'none' : `\`${setting.default}\``;
  const secret = setting.secret === true ? ` Secret: never printed, and can be in a file that \`${setting.env}_FILE\` names.` : '';
  return `| \`${setting.env}\` | ${escape(setting.form)} | ${fallback} | ${escape(setting.description)}${secret} Example: \`${setting.example}\`. |`;
}

function escape(text: string): string {
  return text.replaceAll('|', '\\|');
}
