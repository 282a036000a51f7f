// Asks the API of this container for /health, or with --ready for /api/health/ready: exit code 0 or 1, and one line.
const LIMIT_MS = 5_000;

const path = process.argv.includes('--ready') ? '/api/health/ready' : '/health';
try {
  const response = await fetch(`http://127.0.0.1:${process.env.PORT ?? '8000'}${path}`, { signal: AbortSignal.timeout(LIMIT_MS) });
  process.stdout.write(`${await response.text()}\n`);
  process.exitCode = response.ok ? 0 : 1;
} catch (error) {
  process.stdout.write(`the API does not answer: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
