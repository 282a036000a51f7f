import { BooleanField, DateTimeField, StringField, UuidField } from '#zakops/http';
import type { RecordedContact } from '../../views/contact.js';

/** A person on the other side of a deal. */
export class ContactResponse {
  @UuidField()
  id!: string;

  @StringField({ example: 'DEAL-000001' })
  deal_id!: string;

  @StringField({ example: 'Olga Owner' })
  name!: string;

  @StringField({ example: 'owner' })
  role!: string;

  @StringField({ nullable: true, example: 'olga@example.com' })
  email!: string | null;

  @StringField({ nullable: true })
  phone!: string | null;

  @StringField({ nullable: true })
  company!: string | null;

  @BooleanField()
  is_primary!: boolean;

  @StringField({ nullable: true })
  notes!: string | null;

  @DateTimeField()
  created_at!: string;

  @DateTimeField()
  updated_at!: string;
}

/** From the view to the wire. */
export function toContactResponse(contact: RecordedContact): ContactResponse {
  return {
    id: contact.id,
    deal_id: contact.dealId,
    name: contact.name,
    role: contact.role,
    email: contact.email,
    phone: contact.phone,
    company: contact.company,
    is_primary: contact.isPrimary,
    notes: contact.notes,
    created_at: contact.createdAt.toISOString(),
    updated_at: contact.updatedAt.toISOString(),
  };
}
