import { Metrics } from '#zakops/metrics';
import { Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import { InvalidCredentialsError } from '../domain/operator.errors.js';

const RESULTS = ['succeeded', 'refused', 'failed'] as const;

/** Counts logins by result. Logins that a rate limit refuses are not counted. */
@Injectable()
export class LoginMetrics {
  readonly #logins: Counter<'result'>;

  constructor(metrics: Metrics) {
    this.#logins = metrics.counter({
      name: 'zakops_auth_logins_total',
      help: 'Logins with a password: succeeded, refused (wrong password, or an account that cannot log in), or failed for another reason.',
      labelNames: ['result'],
    });
    for (const result of RESULTS) this.#logins.inc({ result }, 0);
  }

  /** Counts a login, and returns its result. */
  async count<T>(login: Promise<T>): Promise<T> {
    try {
      const result = await login;
      this.#logins.inc({ result: 'succeeded' });
      return result;
    } catch (error) {
      this.#logins.inc({ result: error instanceof InvalidCredentialsError ? 'refused' : 'failed' });
      throw error;
    }
  }
}
