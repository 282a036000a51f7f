import { BooleanField, InputError, StringField } from '#zakops/http';

/** Whether to show a payload unmasked, and why. */
export class RevealParams {
  @BooleanField({
    optional: true,
    default: false,
    description: 'Show sensitive members of the payload. Needs `admin:purge`, a fresh password and a `reason`.',
  })
  reveal = false;

  @StringField({
    optional: true,
    min: 1,
    max: 1_000,
    description: 'Kept in the audit log. Needed with `reveal`.',
    example: 'The broker asked.',
  })
  reason?: string;
}

/** Why a payload is shown. @throws InputError when no reason was given */
export function reasonOf({ reason }: RevealParams): string {
  if (reason === undefined) throw new InputError([{ pointer: 'reason', detail: 'is required with reveal', code: 'REQUIRED' }]);
  return reason;
}
