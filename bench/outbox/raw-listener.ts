import pg from 'pg';

/** The raw limit of latency: a process that listens, reads the row that a notice names, and says when it had it. */
const client = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
await client.connect();
const reader = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 2 });
client.on('notification', ({ payload }) => {
  void reader.query('SELECT data FROM bench_raw WHERE id = $1', [payload]).then(() => {
    process.send?.({ id: payload, atMs: performance.timeOrigin + performance.now() });
  });
});
await client.query('LISTEN bench_raw');
process.send?.({ id: 'listening', atMs: 0 });
process.once('disconnect', () => {
  void Promise.all([client.end(), reader.end()]);
});
