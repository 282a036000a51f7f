import {
  ArrayField,
  BooleanField,
  DateTimeField,
  EnumField,
  IntegerField,
  Money,
  MoneyField,
  ObjectField,
  StringField,
} from '#zakops/http';

const RATINGS = ['HIGH', 'MEDIUM', 'LOW'];
const PRIORITIES = ['HIGH', 'MEDIUM', 'LOW'];
const NDA_STATUSES = ['none', 'requested', 'pending', 'signed', 'expired'];
const MAYBE = { optional: true, nullable: true, max: 200 } as const;

/** By what outside names the deal is known. */
export class DealIdentifiers {
  @ArrayField('string', { optional: true })
  listing_ids?: string[];

  @ArrayField('string', { optional: true })
  broker_reference_ids?: string[];

  @StringField(MAYBE)
  bizbuysell_id?: string | null;

  @StringField(MAYBE)
  axial_id?: string | null;

  @ArrayField('string', { optional: true })
  internal_codes?: string[];
}

/** Where a company is. */
export class CompanyLocation {
  @StringField(MAYBE)
  city?: string | null;

  @StringField(MAYBE)
  state?: string | null;

  @StringField(MAYBE)
  region?: string | null;
}

/** The company for sale. */
export class CompanyInfo {
  @StringField(MAYBE)
  company_name?: string | null;

  @StringField(MAYBE)
  legal_entity?: string | null;

  @ArrayField('string', { optional: true })
  dba_names?: string[];

  @ObjectField(() => CompanyLocation, { optional: true, nullable: true })
  location?: CompanyLocation | null;

  @StringField(MAYBE)
  sector?: string | null;

  @StringField(MAYBE)
  franchise_system?: string | null;
}

/** Who offers the deal. */
export class DealBroker {
  @StringField(MAYBE)
  broker_id?: string | null;

  @StringField(MAYBE)
  name?: string | null;

  @StringField({ optional: true, nullable: true, max: 320 })
  email?: string | null;

  @StringField(MAYBE)
  phone?: string | null;

  @StringField(MAYBE)
  company?: string | null;

  @EnumField(RATINGS, 'QualityRating', { optional: true, description: 'MEDIUM when not given.' })
  quality_rating?: string;

  @ArrayField('string', { optional: true })
  sectors?: string[];

  @StringField(MAYBE)
  domain?: string | null;
}

/** What the team notes about a deal. */
export class DealMetadata {
  @EnumField(PRIORITIES, 'DealPriority', { optional: true, description: 'MEDIUM when not given.' })
  priority?: string;

  @MoneyField({ optional: true, nullable: true })
  asking_price?: Money | null;

  @MoneyField({ optional: true, nullable: true, allowNegative: true })
  ebitda?: Money | null;

  @MoneyField({ optional: true, nullable: true })
  revenue?: Money | null;

  @IntegerField({ min: 0, max: 10_000_000, optional: true, nullable: true })
  employees?: number | null;

  @EnumField(NDA_STATUSES, 'NdaStatus', { optional: true })
  nda_status?: string;

  @BooleanField({ optional: true })
  cim_received?: boolean;

  @StringField({ optional: true, nullable: true, max: 1_000 })
  junk_reason?: string | null;

  @DateTimeField({ optional: true, nullable: true })
  archived_at?: string | null;
}
