import type { LoggerService } from '@nestjs/common';

/**
 * A logger that keeps only the reason of its first warning. The pool warns once when it cannot connect and then goes on trying; a command
 * ends with that reason instead of waiting.
 */
export class FirstWarning implements LoggerService {
  readonly reason: Promise<string>;
  #tell: (reason: string) => void = () => undefined;

  constructor() {
    this.reason = new Promise((resolve) => (this.#tell = resolve));
  }

  warn(message: unknown): void {
    if (typeof message === 'object' && message !== null && 'reason' in message) this.#tell(String(message.reason));
  }

  log(): void {
    // Nobody reads it.
  }

  error(): void {
    // The command says itself what went wrong.
  }
}
