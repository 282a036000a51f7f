// The first process of a container ignores every signal that nobody listens to. Until the program listens itself, a stop ends it at once:
// it has taken no work yet.
const STOPS = ['SIGTERM', 'SIGINT'];
const end = (signal) => process.exit(signal === 'SIGINT' ? 130 : 143);

for (const signal of STOPS) process.on(signal, end);
process.on('newListener', (event) => {
  if (STOPS.includes(event)) process.off(event, end);
});
