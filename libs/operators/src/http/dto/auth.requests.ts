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
// One that is longer than any that can be set is wrong, and need not be hashed to find out. One character is composed of up to four.
const GIVEN = { min: 1, max: PASSWORD_LENGTH.max * 4, format: 'password' };
const NEW_PASSWORD = {
  ...GIVEN,
  description: `${String(PASSWORD_LENGTH.min)} to ${String(PASSWORD_LENGTH.max)} characters, and neither the name nor the e-mail.`,
};

/** What `POST /api/auth/login` takes. */
export class LoginRequest {
  @StringField(EMAIL)
  email!: string;

  @StringField(GIVEN)
  password!: string;
}

/** What `POST /api/auth/register` takes. */
export class RegisterRequest {
  @StringField(EMAIL)
  email!: string;

  @StringField(NEW_PASSWORD)
  password!: string;

  @StringField({ notBlank: true, max: OPERATOR_NAME_LENGTH, example: 'Ann Example' })
  name!: string;
}

/** What `POST /api/auth/setup` takes. */
export class SetupRequest {
  @StringField({ min: 1, max: SETUP_TOKEN_MAX_LENGTH, description: 'From the invitation or the reset; good once.' })
  token!: string;

  @StringField(NEW_PASSWORD)
  password!: string;
}

/** What `POST /api/auth/password` takes. */
export class ChangePasswordRequest {
  @StringField(GIVEN)
  current_password!: string;

  @StringField(NEW_PASSWORD)
  new_password!: string;

  @BooleanField({ optional: true, default: false, description: 'Ends the own API keys too. Whoever knew the password may have made one.' })
  end_api_keys = false;
}

/** What `POST /api/auth/reauthenticate` takes. */
export class ReauthenticateRequest {
  @StringField(GIVEN)
  password!: string;
}
