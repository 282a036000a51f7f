import express from 'express';
import pg from 'pg';
import { INSERT_LEAST, leastValues, SELECT_DEAL } from './rows.js';
import type { DealInput } from './rows.js';

/** Express 5 and pg as most people write it: a JSON body parser, and statements without names. */
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 32 });
const app = express();
app.use(express.json());

app.post('/api/deals', async (request, response) => {
  const { rows } = await pool.query(INSERT_LEAST, [...leastValues(request.body as DealInput)]);
  response.status(201).json(rows[0]);
});

app.get('/api/deals/:id', async (request, response) => {
  const { rows } = await pool.query(SELECT_DEAL, [request.params.id]);
  response.status(rows.length === 0 ? 404 : 200).json(rows[0]);
});

app.listen(Number(process.env['PORT']), '127.0.0.1');
