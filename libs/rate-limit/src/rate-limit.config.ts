import { defineConfig, flag, integer } from '#zakops/config';

/** How often somebody may call. */
export class RateLimitConfig extends defineConfig('Rate limits', {
  enabled: {
    env: 'RATE_LIMIT_ENABLED',
    schema: flag().optional(),
    form: 'true or false; unset: true in production, else false',
    description: 'Whether calls are counted and refused with 429 beyond the limits.',
    example: 'true',
  },
  generalPerMinute: {
    env: 'RATE_LIMIT_GENERAL_PER_MINUTE',
    schema: integer(1, 100_000_000),
    default: '600',
    form: 'calls per minute, 1 to 100000000',
    description: 'The most calls of one operator or API key, over all processes.',
    example: '600',
  },
  anonymousPerMinute: {
    env: 'RATE_LIMIT_ANONYMOUS_PER_MINUTE',
    schema: integer(1, 100_000_000),
    default: '60',
    form: 'calls per minute, 1 to 100000000',
    description: 'The most calls from one address without a valid session or key; an IPv6 network of 64 bits counts as one address.',
    example: '60',
  },
  authPerMinute: {
    env: 'RATE_LIMIT_AUTH_PER_MINUTE',
    schema: integer(1, 100_000),
    default: '10',
    form: 'calls per minute, 1 to 100000',
    description:
      'The most attempts to prove who one is (login, registration, set-up, passwords), counted exactly, one by one: of an operator, of a browser ' +
      'where somebody logged in before, else of an address. IPv6 networks of 56 bits have twice as many, of 48 bits four times. Strangers together ' +
      'have as many for one account.',
    example: '10',
  },
  strangersPerMinute: {
    env: 'RATE_LIMIT_STRANGERS_PER_MINUTE',
    schema: integer(1, 1_000_000),
    default: '300',
    form: 'calls per minute, 1 to 1000000',
    description:
      'The most logins to all accounts together from browsers and addresses where nobody logged in to the account before. Beyond it even a right ' +
      'password is answered as a wrong one, so that nobody learns who is known where.',
    example: '300',
  },
}) {}
