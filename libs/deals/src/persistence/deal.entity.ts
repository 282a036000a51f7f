import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One row of `zakops.deals`. */
@Entity({ schema: 'zakops', name: 'deals' })
export class DealEntity {
  @PrimaryColumn('text', { name: 'deal_id' })
  dealId!: string;

  @Column('text', { name: 'canonical_name' })
  canonicalName!: string;

  @Column('text', { name: 'display_name', nullable: true })
  displayName!: string | null;

  @Column('text', { name: 'folder_path', nullable: true })
  folderPath!: string | null;

  @Column('text')
  stage!: string;

  @Column('text')
  status!: string;

  @Column('jsonb')
  identifiers!: object;

  @Column('jsonb', { name: 'company_info' })
  companyInfo!: object;

  @Column('jsonb')
  broker!: object;

  @Column('jsonb')
  metadata!: object;

  @Column('boolean')
  deleted!: boolean;

  @Column('integer')
  version!: number;

  @Column('timestamptz', { name: 'stage_entered_at' })
  stageEnteredAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
