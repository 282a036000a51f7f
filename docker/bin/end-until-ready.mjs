// The first process of a container ignores every signal that nobody listens to. Until the program listens itself, a stop ends it at once:
// it has taken no work yet.
const STOPS = ['SIGTERM', 'SIGINT'];
const end = (signal) => process.exit(signal === 'SIGINT' ? 130 : 143);

for (const signal of STOPS) process.on(signal, end);
process.on('newListener', (event) => {
  // Afterwards, never before the other one is there: with the last listener Node gives up the signal, and does not take it back for the next.
  if (STOPS.includes(event)) process.nextTick(() => process.off(event, end));
});
