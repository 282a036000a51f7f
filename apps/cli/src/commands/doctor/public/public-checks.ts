import { RuntimeConfig } from '#zakops/config';
import type { LoadedConfig } from '#zakops/config';
import { CliSettings } from '../../../settings/cli.settings.js';
import { CannotLookError } from '../examine.js';
import type { Check, Finding } from '../finding.js';
import { checkHeaders, checkPublicTls, checkReady, checkVersion, readVersion } from './address.checks.js';
import type { PublicVersion } from './address.checks.js';
import { below, probe } from './http-probe.js';
import type { ProbeAnswer } from './http-probe.js';
import { checkStream } from './stream.check.js';

interface Seen {
  readonly answer: ProbeAnswer;
  readonly version: PublicVersion | undefined;
}

/** What there is to check of the way from outside to the API. */
export function publicChecks(url: URL, streamSeconds: number, config: LoadedConfig | undefined): readonly Check[] {
  let looking: Promise<Seen> | undefined;
  const look = (): Promise<Seen> => {
    looking ??= probe(below(url, 'api/version')).then(
      (answer) => ({ answer, version: readVersion(answer) }),
      (error: unknown) => {
        throw new CannotLookError(`The address cannot be asked: ${error instanceof Error ? error.message : String(error)}.`);
      },
    );
    return looking;
  };
  const check = (id: string, title: string, guide: Check['guide'], judge: (seen: Seen) => Finding | Promise<Finding>): Check => ({
    id: `url.${id}`,
    title,
    guide,
    run: async () => judge(await look()),
  });
  const self = config?.get(RuntimeConfig) ?? { version: 'unknown', commit: 'unknown' };
  return [
    { id: 'url.ready', title: 'Public address', guide: 'deployment-runbook.md#health-checks', run: () => checkReady(url).catch(cannotAsk) },
    check('tls', 'Public encryption', 'deployment-runbook.md#security-checklist', ({ answer, version }) =>
      checkPublicTls(url, answer, version),
    ),
    check('headers', 'Security headers', 'deployment-runbook.md#security-checklist', ({ answer, version }) =>
      checkHeaders(answer, version),
    ),
    check('version', 'Version', 'deployment-runbook.md#update-to-new-version', ({ version }) => checkVersion(version, self)),
    check('stream', 'Streams', 'operations.md#streams-break-off', () => checkStream(url, config?.get(CliSettings).apiKey, streamSeconds)),
  ];
}

function cannotAsk(error: unknown): Finding {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why = error instanceof Error && error.message !== '' ? error.message : code;
  const isCertificate = /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS/.test(code);
  return {
    state: 'failure',
    detail: `The address cannot be asked: ${why}.`,
    advice: isCertificate
      ? 'The certificate is not one that clients trust: renew it, send the whole chain, and see that it holds this name.'
      : 'Is the name right, does the balancer run, and is the way open?',
  };
}
