import { BooleanField, EnumField, StringField } from '#zakops/http';
import { CONTACT_ROLES } from '../../domain/deal-contact.js';
import type { ContactDetails, ContactRole } from '../../domain/deal-contact.js';

const NAME = { max: 200, notBlank: true, example: 'Olga Owner' } as const;
const MAYBE = { optional: true, nullable: true, max: 200 } as const;
const ROLE = 'What the person is to the deal. The broker is none of them: `broker` of the deal alone says who it is.';
const PRIMARY = 'The person to call first. A deal has at most one: another contact loses the mark.';

/** The fields that adding and changing a contact have in common; none of them is required. */
class ContactFields {
  @StringField({ optional: true, nullable: true, max: 320, example: 'olga@example.com' })
  email?: string | null;

  @StringField({ ...MAYBE, example: '+1 512 555 0100' })
  phone?: string | null;

  @StringField({ ...MAYBE, example: 'Acme Plumbing LLC' })
  company?: string | null;

  @BooleanField({ optional: true, description: PRIMARY })
  is_primary?: boolean;

  @StringField({ optional: true, nullable: true, max: 2_000 })
  notes?: string | null;
}

/** What `POST /api/deals/{id}/contacts` takes. */
export class AddContactRequest extends ContactFields {
  @StringField(NAME)
  name!: string;

  @EnumField(CONTACT_ROLES, 'ContactRole', { optional: true, default: 'other', description: ROLE })
  role: ContactRole = 'other';
}

/** What `PATCH /api/deals/{id}/contacts/{contact_id}` takes: at least one field. */
export class ChangeContactRequest extends ContactFields {
  @StringField({ ...NAME, optional: true })
  name?: string;

  @EnumField(CONTACT_ROLES, 'ContactRole', { optional: true, description: ROLE })
  role?: ContactRole;
}

/** The details of a new contact. */
export function toContactDetails({ name, role, email, phone, company, is_primary, notes }: AddContactRequest): ContactDetails {
  return {
    name,
    role,
    email: email ?? null,
    phone: phone ?? null,
    company: company ?? null,
    isPrimary: is_primary ?? false,
    notes: notes ?? null,
  };
}

/** The details that a change names. */
export function toContactChanges(request: ChangeContactRequest): Partial<ContactDetails> {
  const { name, role, email, phone, company, is_primary, notes } = request;
  return {
    ...(name === undefined ? {} : { name }),
    ...(role === undefined ? {} : { role }),
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone }),
    ...(company === undefined ? {} : { company }),
    ...(is_primary === undefined ? {} : { isPrimary: is_primary }),
    ...(notes === undefined ? {} : { notes }),
  };
}
