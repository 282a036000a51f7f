import { BooleanField, StringField } from '#zakops/http';
import { PASSWORD_LENGTH } from '../../domain/password-rule.js';
import { OPERATOR_NAME_LENGTH } from '../../domain/operator-name.js';
import { SETUP_TOKEN_MAX_LENGTH } from '../../domain/setup-token.js';

const EMAIL = {
  min: 3,
  max: 254,
  pattern: /^\s*[^\s@]+@[^\s@]+\s*$/,
  patternHint: 'must be an e-mail address',
  example: 'ann@example.com',
};
// A longer password is wrong without hashing: it cannot have been set. One character is composed of up to four code points.
const GIVEN = { min: 1, max: PASSWORD_LENGTH.max * 4, format: 'password' };
const NEW_PASSWORD = {
  ...GIVEN,
  description: `${String(PASSWORD_LENGTH.min)} to ${String(PASSWORD_LENGTH.max)} characters; neither the name nor the e-mail.`,
};

/** The body of `POST /api/auth/login`. */
export class LoginRequest {
  @StringField(EMAIL)
  email!: string;

  @StringField(GIVEN)
  password!: string;
}

/** The body of `POST /api/auth/register`. */
export class RegisterRequest {
  @StringField(EMAIL)
  email!: string;

  @StringField(NEW_PASSWORD)
  password!: string;

  @StringField({ notBlank: true, max: OPERATOR_NAME_LENGTH, example: 'Ann Example' })
  name!: string;
}

/** The body of `POST /api/auth/setup`. */
export class SetupRequest {
  @StringField({ min: 1, max: SETUP_TOKEN_MAX_LENGTH, description: 'The setup token of an invitation or a reset; single-use.' })
  token!: string;

  @StringField(NEW_PASSWORD)
  password!: string;
}

/** The body of `POST /api/auth/password`. */
export class ChangePasswordRequest {
  @StringField(GIVEN)
  current_password!: string;

  @StringField(NEW_PASSWORD)
  new_password!: string;

  @BooleanField({
    optional: true,
    default: false,
    description: 'Revokes the own API keys too: a thief of the password may have created one.',
  })
  end_api_keys = false;
}

/** The body of `POST /api/auth/reauthenticate`. */
export class ReauthenticateRequest {
  @StringField(GIVEN)
  password!: string;
}
