import type { AcceptedVersions } from '#zakops/kernel';
import { uuidV7 } from '#zakops/kernel';
import { ContactPreconditionError } from './deal-part.errors.js';
import type { Deal } from './deal.js';

/** What a contact is to the deal. The broker is none of them: the field `broker` of the deal alone says who it is. */
export const CONTACT_ROLES = ['owner', 'executive', 'attorney', 'accountant', 'lender', 'advisor', 'other'] as const;

/** One of {@link CONTACT_ROLES}. */
export type ContactRole = (typeof CONTACT_ROLES)[number];

/** What can be changed of a contact. */
export interface ContactDetails {
  readonly name: string;
  readonly role: ContactRole;
  readonly email: string | null;
  readonly phone: string | null;
  readonly company: string | null;
  /** At most one contact of a deal is the primary one. */
  readonly isPrimary: boolean;
  readonly notes: string | null;
}

/** A contact as it was stored. */
export interface ContactState extends ContactDetails {
  readonly id: string;
  /** 1, 2, 3 ...; for `ETag` and `If-Match`. */
  readonly version: number;
}

interface ToldContact {
  name: string;
  role: string;
  email: string | null;
  phone: string | null;
  company: string | null;
  is_primary: boolean;
  notes: string | null;
}

const FIELDS = ['name', 'role', 'email', 'phone', 'company', 'isPrimary', 'notes'] as const;

/** A person on the other side of a deal. Each verb records one event of the deal. */
export class DealContact {
  #state: ContactState;

  private constructor(
    private readonly deal: Deal,
    state: ContactState,
  ) {
    this.#state = state;
  }

  /** Adds a contact to a deal. */
  static add(deal: Deal, details: ContactDetails): DealContact {
    const contact = new DealContact(deal, { id: uuidV7(), ...details, version: 1 });
    deal.tell('deal.contact_added', { contact_id: contact.state.id, contact: told(details) });
    return contact;
  }

  /** Brings a stored contact back; nothing is recorded. */
  static restore(deal: Deal, state: ContactState): DealContact {
    return new DealContact(deal, state);
  }

  get state(): ContactState {
    return this.#state;
  }

  /**
   * Makes sure that nothing happened since the caller read the contact.
   *
   * @throws ContactPreconditionError when the contact has another version
   */
  requireVersion(versions: AcceptedVersions | undefined): void {
    const { id, version } = this.#state;
    if (versions !== undefined && !versions.has(version)) throw new ContactPreconditionError(this.deal.dealId, id, version);
  }

  /** @returns false when nothing differs, and then nothing is recorded */
  change(changes: Partial<ContactDetails>): boolean {
    const before = this.#state;
    const after = { ...before, ...changes };
    if (FIELDS.every((field) => after[field] === before[field])) return false;
    this.#state = { ...after, version: before.version + 1 };
    this.deal.tell('deal.contact_changed', { contact_id: before.id, contact: told(after), previous: told(before) });
    return true;
  }

  remove(): void {
    this.deal.tell('deal.contact_removed', { contact_id: this.#state.id, contact: told(this.#state) });
  }
}

function told({ name, role, email, phone, company, isPrimary, notes }: ContactDetails): ToldContact {
  return { name, role, email, phone, company, is_primary: isPrimary, notes };
}
