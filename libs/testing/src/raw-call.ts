import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { waitFor } from './wait-for.js';

/** A connection that sends what no HTTP client would, and all that it was answered. */
export class RawCall {
  received = '';
  isClosed = false;

  private constructor(readonly socket: Socket) {
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.received += text;
    });
    socket.on('close', () => {
      this.isClosed = true;
    });
    socket.on('error', () => undefined);
  }

  /** Opens a connection and sends a text as it stands, or nothing yet. */
  static async send(url: string, text = ''): Promise<RawCall> {
    const { hostname, port } = new URL(url);
    const call = new RawCall(connect(Number(port), hostname));
    await once(call.socket, 'connect');
    call.socket.write(text);
    return call;
  }

  /** The final status, as soon as its headers are there; not 100 Continue. */
  async status(): Promise<number> {
    return waitFor('an answer', () => {
      const found = /HTTP\/1\.1 (?!1\d\d)(\d{3}) [^]*?\r\n\r\n/.exec(this.received)?.[1];
      return found === undefined ? undefined : Number(found);
    });
  }

  /** The first status, which may be 100 Continue. */
  async firstStatus(): Promise<number> {
    return waitFor('an answer', () => {
      const found = /^HTTP\/1\.1 (\d{3}) [^]*?\r\n\r\n/.exec(this.received)?.[1];
      return found === undefined ? undefined : Number(found);
    });
  }

  /** Waits for a text among what was received. */
  async got(text: string): Promise<void> {
    await waitFor(`to receive ${text}`, () => this.received.includes(text));
  }

  async closed(): Promise<void> {
    await waitFor('the connection to be closed', () => this.isClosed);
  }

  /** The problem of an answer that ends the connection. */
  async problem(): Promise<Record<string, unknown>> {
    await this.closed();
    return JSON.parse(this.received.slice(this.received.lastIndexOf('\r\n\r\n'))) as Record<string, unknown>;
  }

  close(): void {
    this.socket.destroy();
  }
}

/** The text of a request with these lines behind its first one. */
export function requestText(first: string, ...lines: readonly string[]): string {
  return [`${first} HTTP/1.1`, ...lines, '', ''].join('\r\n');
}
