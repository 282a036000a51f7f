/** The groups of operations, in the order in which the documents page shows them. */
export const API_TAGS = [
  { name: 'deals', description: 'Deals with their stages, names, notes, contacts, guards and timelines; import and export.' },
  { name: 'pipeline', description: 'Where deals stand, how fast they move, and which are stuck.' },
  { name: 'search', description: 'Words in deals, mail, senders, notes and actions.' },
  { name: 'quarantine', description: 'Mail that waits for a decision, and its senders.' },
  { name: 'events', description: 'The event log: streams, polls, lists, and what may be listened to.' },
  { name: 'auth', description: 'Login, sessions, passwords and API keys of the caller.' },
  { name: 'operators', description: 'People who may log in: invitations, roles, sessions and keys. For administrators.' },
  { name: 'ops', description: 'The state of operations in one answer, as a stream, and over time.' },
  { name: 'outbox', description: 'How deliveries to consumers go. For people on call.' },
  { name: 'dlq', description: 'The dead letter queue: deliveries that failed for good, and their ways out.' },
  { name: 'audit', description: 'What people and keys did, in a chain of hashes that can be verified.' },
  { name: 'processes', description: 'The level of logs of running processes.' },
  { name: 'monitoring', description: 'Metrics for Prometheus.' },
  { name: 'health', description: 'Probes, the build, and the state of every component.' },
] as const;
