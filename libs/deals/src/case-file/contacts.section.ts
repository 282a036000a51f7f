import { ContributesCaseFile } from '#zakops/timeline';
import type { CaseFilePage, CaseFileSection } from '#zakops/timeline';
import { Injectable } from '@nestjs/common';
import { toContactResponse } from '../http/dto/contact.response.js';
import { ContactReader } from '../persistence/contact.reader.js';
import type { ContactKey } from '../views/contact.js';
import { SECTION_ROWS } from './section-rows.js';

/** The contacts of the deal. */
@Injectable()
@ContributesCaseFile({ name: 'contacts', order: 20 })
export class ContactsSection implements CaseFileSection<ContactKey> {
  constructor(private readonly contacts: ContactReader) {}

  async page(dealId: string, after: ContactKey | undefined): Promise<CaseFilePage<ContactKey>> {
    const { items, next } = await this.contacts.list(dealId, SECTION_ROWS, after);
    return { items: items.map(toContactResponse), next };
  }
}
