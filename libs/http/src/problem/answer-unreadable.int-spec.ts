import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { answerUnreadable } from './answer-unreadable.js';

describe(answerUnreadable.name, () => {
  it('keeps nothing of an answer on a connection that is idle', async () => {
    const server = createServer();
    answerUnreadable(server, 1_000, new Map());
    // Behind the listener of the subject, whose own comes first at the end too.
    const answered = new Promise<void>((resolve) => {
      server.on('request', (_, response) => {
        response.once('close', resolve).end('done');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connected = once(server, 'connection');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [socket] = (await connected) as [Socket];
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await answered;
    expect([socket.destroyed, socket.lastAnswer]).toEqual([false, undefined]);
    client.destroy();
    server.close();
    await once(server, 'close');
  });
});
