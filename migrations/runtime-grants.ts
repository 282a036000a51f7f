import type { RuntimeGrants } from '#zakops/database';

/**
 * What the run-time role may do with each table and sequence of schema `zakops`: what the code does, and no more.
 *
 * @remarks A new table needs its line here; a test compares this list with the schema. See docs/database-roles.md.
 */
export const RUNTIME_GRANTS: RuntimeGrants = {
  tables: {
    // What happened stays as it was told: nothing that runs may change or remove it.
    events: ['SELECT', 'INSERT'],
    event_log: ['SELECT', 'INSERT'],
    audit_log: ['SELECT', 'INSERT'],
    audit_chain: ['SELECT', 'INSERT'],
    audit_anchors: ['SELECT', 'INSERT'],
    audit_chain_start: ['SELECT'],
    deal_stage_history: ['SELECT', 'INSERT'],
    deal_activity: ['SELECT', 'INSERT'],
    dlq_operations: ['SELECT', 'INSERT'],
    dlq_operation_entries: ['SELECT', 'INSERT'],
    resubmitted_events: ['SELECT', 'INSERT'],
    // Delivery.
    event_log_head: ['SELECT', 'UPDATE'],
    event_log_start: ['SELECT'],
    log_readers: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    outbox: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    replays: ['SELECT', 'INSERT', 'UPDATE'],
    publishing_terms: ['SELECT'],
    outbox_waiting: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    outbox_tickets: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    outbox_history: ['SELECT', 'DELETE'],
    event_log_epoch: ['SELECT', 'UPDATE'],
    outbox_attempts: ['SELECT', 'INSERT', 'DELETE'],
    inbox: ['SELECT', 'INSERT', 'DELETE'],
    dlq_tasks: ['SELECT', 'INSERT', 'UPDATE'],
    dlq_task_entries: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    dead_letter_archive: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    consumer_progress: ['SELECT', 'INSERT', 'UPDATE'],
    delivered_checks: ['SELECT', 'INSERT', 'UPDATE'],
    delivery_pauses: ['SELECT', 'INSERT', 'UPDATE'],
    worker_leases: ['SELECT', 'INSERT', 'UPDATE'],
    audit_pending: ['SELECT', 'INSERT', 'DELETE'],
    stream_orders: ['SELECT', 'INSERT', 'DELETE'],
    // Deals are marked as deleted, never removed.
    deals: ['SELECT', 'INSERT', 'UPDATE'],
    deal_aliases: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    stage_limits: ['SELECT', 'UPDATE'],
    deal_imports: ['SELECT', 'INSERT', 'UPDATE'],
    deal_import_rows: ['SELECT', 'INSERT', 'UPDATE'],
    deal_guards: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    deal_notes: ['SELECT', 'INSERT', 'UPDATE'],
    deal_contacts: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    text_collisions: ['SELECT'],
    actions: ['SELECT'],
    quarantine_items: ['SELECT', 'INSERT', 'UPDATE'],
    quarantine_notes: ['SELECT', 'INSERT'],
    sender_profiles: ['SELECT', 'INSERT', 'UPDATE'],
    // Words, written by triggers with the rights of the caller.
    search_deals: ['SELECT', 'INSERT', 'UPDATE'],
    search_actions: ['SELECT', 'INSERT', 'UPDATE'],
    search_quarantine: ['SELECT', 'INSERT', 'UPDATE'],
    search_senders: ['SELECT', 'INSERT', 'UPDATE'],
    search_notes: ['SELECT', 'INSERT', 'UPDATE'],
    search_words: ['SELECT', 'INSERT'],
    // Access.
    operators: ['SELECT', 'INSERT', 'UPDATE'],
    sessions: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    api_keys: ['SELECT', 'INSERT', 'UPDATE'],
    operator_setup_tokens: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    login_sources: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    rate_limits: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    idempotency_keys: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    // Who runs, and how much it logs.
    processes: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    log_level_overrides: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    figure_samples: ['SELECT', 'INSERT', 'UPDATE'],
    // Readiness asks which migrations there are.
    migrations: ['SELECT'],
    adoption_report: ['SELECT'],
  },
  sequences: ['deal_number_seq', 'outbox_fence_seq', 'outbox_ordinal_seq'],
  // They run as their owner. The purges remove old rows by rules that they keep; the other one is a trigger and cannot be called.
  functions: ['note_publishing_term()', 'purge_audit(interval, integer)', 'purge_events(interval, integer)'],
};
