const NOWHERE = '01a20766-1903-7000-b53a-f1a67f726fc3';
const SENDER = 'bo@example.com';

/** One call of an operation, and the status that it is answered with. */
interface Call {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
}

/** Mails to try the operations on; each that is decided has one of its own. */
export interface QuarantineScene {
  readonly dealId: string;
  readonly ids: readonly string[];
}

/** Makes the scene at an API where nobody has to log in. */
export async function makeQuarantineScene(url: string, dealId: string): Promise<QuarantineScene> {
  const ids: string[] = [];
  for (let n = 0; n < 8; n += 1) {
    const response = await fetch(`${url}/api/quarantine`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        message_id: `<${String(n)}@contract>`,
        sender: SENDER,
        sender_name: 'Bo of Acme',
        email_subject: 'A listing of Acme',
        company_name: `Contract ${String(n)}`,
        listing_ids: ['BBS-1'],
      }),
    });
    ids.push(((await response.json()) as { id: string }).id);
  }
  return { dealId, ids };
}

/** At least one call for every operation on mail and senders, in the order in which they can work. */
export function quarantineCalls({ dealId, ids }: QuarantineScene): Readonly<Record<string, readonly Call[]>> {
  const at = (n: number): { id: string } => ({ id: ids[n] ?? NOWHERE });
  const unknown = { path: { id: NOWHERE }, status: 404 };
  return {
    listQuarantine: [
      { status: 200 },
      { query: { status: 'pending', urgency: 'HIGH', limit: '1' }, status: 200 },
      { query: { status: 'nope' }, status: 400 },
      { query: { cursor: 'forged' }, status: 400 },
    ],
    receiveMail: [
      { body: { message_id: '<new@contract>', email_subject: 'A listing' }, status: 201 },
      { body: { message_id: '<new@contract>', email_subject: 'A listing' }, status: 200 },
      { body: { message_id: '<new@contract>', email_subject: 'Another listing' }, status: 409 },
      { body: {}, status: 400 },
    ],
    getQuarantineHealth: [{ status: 200 }],
    getQuarantineItem: [{ path: at(0), status: 200 }, unknown],
    previewQuarantineItem: [{ path: at(0), status: 200 }, unknown],
    listQuarantineNotes: [{ path: at(0), status: 200 }, unknown],
    addQuarantineNote: [
      { path: at(0), body: { content: 'called the broker' }, status: 201 },
      { path: at(0), body: {}, status: 400 },
      { ...unknown, body: { content: 'x' } },
    ],
    processQuarantineItem: [
      { path: at(0), body: { action: 'approve' }, status: 200 },
      { path: at(0), body: { action: 'reject' }, status: 409 },
      { path: at(1), body: { action: 'nope' }, status: 400 },
      { ...unknown, body: { action: 'reject' } },
    ],
    approveQuarantineItem: [
      { path: at(1), body: { deal_id: dealId }, status: 200 },
      { path: at(1), body: {}, status: 409 },
    ],
    undoQuarantineApproval: [
      { path: at(1), body: {}, status: 200 },
      { path: at(1), body: {}, status: 409 },
    ],
    rejectQuarantineItem: [
      { path: at(2), body: { reason: 'a newsletter' }, status: 200 },
      { ...unknown, body: {} },
    ],
    restoreQuarantineItem: [
      { path: at(2), body: {}, status: 200 },
      { path: at(0), body: {}, status: 409 },
    ],
    discardQuarantineItem: [
      { path: at(3), body: {}, status: 200 },
      { ...unknown, body: {} },
    ],
    resolveQuarantineItem: [
      { path: at(4), body: { resolution: 'create_new_deal' }, status: 200 },
      { path: at(5), body: { resolution: 'link_to_deal' }, status: 400 },
      { ...unknown, body: { resolution: 'discard' } },
    ],
    hideQuarantineItem: [{ path: at(5), status: 204 }, unknown],
    decideQuarantine: [
      { body: { ids: [ids[6]], action: 'reject' }, status: 200 },
      { body: { ids: [], action: 'reject' }, status: 400 },
    ],
    hideQuarantine: [{ body: { ids: [ids[6]] }, status: 200 }],
    listActionQuarantine: [{ status: 200 }],
    previewActionQuarantine: [{ path: at(7), status: 200 }, unknown],
    rejectActionQuarantine: [
      { path: at(7), body: { reason: 'no' }, status: 200 },
      { ...unknown, body: {} },
    ],
    listSenders: [
      { status: 200 },
      { query: { is_broker: 'false', limit: '1' }, status: 200 },
      { query: { sender_type: 'nope' }, status: 400 },
    ],
    getSender: [
      { path: { email: SENDER }, status: 200 },
      { path: { email: 'nobody@example.com' }, status: 404 },
    ],
    updateSender: [
      { path: { email: SENDER }, body: { role: 'partner' }, status: 200 },
      { path: { email: SENDER }, body: {}, status: 400 },
      { path: { email: 'nobody@example.com' }, body: { role: 'x' }, status: 404 },
    ],
  };
}
