// Stands in for migrations, API and worker: notes what it does in a journal, one line each.
// Arguments: name, then what is special about it: `fails`, `dies-after-ready`, `ignores-sigterm`.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import pg from 'pg';

const [, , name, special] = process.argv;
const note = (what) => appendFileSync(process.env.JOURNAL, `${name} ${what}\n`);

async function query(sql) {
  const client = new pg.Client(process.env.DATABASE_URL);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

if (special === 'fails') {
  console.log('{"level":30,"msg":"about to fail"}');
  console.error(`${name} cannot find its hat`);
  process.exit(3);
}

if (name === 'migrate') {
  await query('CREATE TABLE IF NOT EXISTS visits (at timestamptz DEFAULT now())');
  note('done');
  process.exit(0);
}

let server;
process.on('SIGTERM', async () => {
  note('stopping');
  if (special === 'ignores-sigterm') return;
  server?.close();
  // The database has to be there until the last of us is done.
  const answer = await query('SELECT 1').then(
    () => 'with',
    () => 'without',
  );
  note(`stopped ${answer} database`);
  process.exit(0);
});

if (name === 'api') {
  await query('INSERT INTO visits DEFAULT VALUES');
  const [{ count }] = await query('SELECT count(*) FROM visits');
  server = createServer((request, response) => {
    response.writeHead(request.url === '/api/health/ready' ? 200 : 404).end('{"status":"ready"}');
    if (special === 'dies-after-ready') setTimeout(() => process.exit(7), 100);
  });
  server.listen(Number(process.env.PORT), () => note(`started ${process.pid} visits ${count}`));
} else {
  setInterval(() => undefined, 1_000);
  note(`started ${process.pid}`);
  process.send('ready');
}
