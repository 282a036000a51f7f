import { ApiProperty } from '@nestjs/swagger';
import { fault, NO_FAULTS } from './value-rule.js';
import type { Fault, ValueRule } from './value-rule.js';

const AMOUNT = /^-?(?:0|[1-9]\d{0,17})(?:\.\d{1,4})?$/;
const CURRENCY = /^[A-Z]{3}$/;
const MEMBERS = new Set(['amount', 'currency']);

/** An exact amount of money on the wire: never a JSON number, because a double cannot hold it. */
export class Money {
  @ApiProperty({
    type: 'string',
    pattern: AMOUNT.source,
    description: 'A decimal, 18 digits before and 4 after the point.',
    example: '1250000.00',
  })
  amount!: string;

  @ApiProperty({ type: 'string', pattern: CURRENCY.source, description: 'ISO 4217 code.', example: 'USD' })
  currency!: string;
}

/** `{ amount, currency }`; a negative amount is refused unless allowed. */
export function moneyRule(allowNegative: boolean): ValueRule {
  return {
    schema: { type: () => Money },
    faults(value) {
      if (typeof value === 'number') {
        return fault('INVALID_TYPE', 'must not be a JSON number, which loses cents; send {"amount": "1250000.00", "currency": "USD"}');
      }
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        return fault('INVALID_TYPE', 'must be an object with amount and currency');
      }
      const unknown = Object.keys(value).flatMap((key) =>
        MEMBERS.has(key) ? [] : fault('UNKNOWN_FIELD', 'is not a known field', `/${key}`),
      );
      const { amount, currency } = value as Record<string, unknown>;
      return [...amountFaults(amount, allowNegative), ...currencyFaults(currency), ...unknown];
    },
  };
}

function amountFaults(amount: unknown, allowNegative: boolean): readonly Fault[] {
  if (amount === undefined) return fault('REQUIRED', 'is required', '/amount');
  if (typeof amount === 'number') {
    return fault('INVALID_TYPE', 'must be a decimal in quotes: a JSON number loses cents', '/amount');
  }
  if (typeof amount !== 'string' || !AMOUNT.test(amount)) {
    return fault('INVALID_FORMAT', 'must be a decimal text with up to 18 digits before and 4 after the point', '/amount');
  }
  return !allowNegative && amount.startsWith('-') ? fault('OUT_OF_RANGE', 'must not be negative', '/amount') : NO_FAULTS;
}

function currencyFaults(currency: unknown): readonly Fault[] {
  if (currency === undefined) return fault('REQUIRED', 'is required', '/currency');
  if (typeof currency === 'string' && CURRENCY.test(currency)) return NO_FAULTS;
  return fault('INVALID_FORMAT', 'must be an ISO 4217 code of three capitals', '/currency');
}
