import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import pg from 'pg';
import { INSERT_LEAST, INSERT_SAME, leastValues, sameValues, SELECT_DEAL } from './rows.js';
import type { DealInput } from './rows.js';

const same = process.argv[2] === 'same';
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 32 });

/** The raw limit: node:http and one prepared statement. No routing, no checks, no headers but the two that an answer needs. */
function answer(response: ServerResponse, status: number, row: unknown): void {
  const body = JSON.stringify(row ?? null);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

async function post(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = '';
  for await (const part of request) text += String(part);
  const input = JSON.parse(text) as DealInput;
  const values = same ? sameValues(input) : leastValues(input);
  const { rows } = await pool.query({ name: 'post', text: same ? INSERT_SAME : INSERT_LEAST, values: [...values] });
  answer(response, 201, rows[0]);
}

async function get(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const id = (request.url ?? '').slice('/api/deals/'.length);
  const { rows } = await pool.query({ name: 'get', text: SELECT_DEAL, values: [id] });
  answer(response, rows.length === 0 ? 404 : 200, rows[0]);
}

createServer((request, response) => {
  (request.method === 'POST' ? post(request, response) : get(request, response)).catch((error: unknown) => {
    answer(response, 500, { error: String(error) });
  });
}).listen(Number(process.env['PORT']), '127.0.0.1');
