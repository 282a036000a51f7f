import { connect } from 'node:net';
import type { Socket } from 'node:net';

const AT_ONCE = 500;

/** Very many connections whose requests never come to their end. */
export class SlowConnections {
  readonly #sockets: Socket[] = [];
  #answered = 0;
  #closed = 0;
  #failed = 0;

  /** Those that the server has closed, with or without an answer. */
  get closed(): number {
    return this.#closed;
  }

  /** Those that got an answer, 408. */
  get answered(): number {
    return this.#answered;
  }

  /** Those that were never let in. */
  get failed(): number {
    return this.#failed;
  }

  /** Opens `count` connections from 127.0.0.1, each of which sends `head` and then a byte now and then by {@link dribble}. */
  async open(port: number, count: number, head: string): Promise<void> {
    for (let opened = 0; opened < count; opened += AT_ONCE) {
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - opened) }, () => this.openOne(port, head)));
    }
  }

  /** One more byte on every connection that is open. */
  dribble(): void {
    for (const socket of this.#sockets) if (socket.writable) socket.write('a');
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  private openOne(port: number, head: string): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' });
      let isIn = false;
      socket.once('connect', () => {
        isIn = true;
        this.#sockets.push(socket);
        socket.write(head);
        resolve();
      });
      socket.once('data', (answer: Buffer) => {
        if (answer.toString('latin1').startsWith('HTTP/1.1 408 ')) this.#answered += 1;
      });
      socket.on('error', () => undefined);
      socket.once('close', () => {
        if (isIn) this.#closed += 1;
        else this.#failed += 1;
        resolve();
      });
    });
  }
}
