import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One row of `zakops.deal_aliases`. */
@Entity({ schema: 'zakops', name: 'deal_aliases' })
export class DealAliasEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text', { name: 'deal_id' })
  dealId!: string;

  @Column('text')
  alias!: string;

  @Column('text', { name: 'alias_type' })
  aliasType!: string;

  @Column('double precision')
  confidence!: number;

  @Column('text')
  source!: string;
}
