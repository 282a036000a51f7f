import 'reflect-metadata';
import { Body, Controller, Get, Module, NotFoundException, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InjectDataSource, TypeOrmModule } from '@nestjs/typeorm';
import { randomUUID } from 'node:crypto';
import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';
import type { DealInput } from './rows.js';

@Entity({ schema: 'zakops', name: 'deals' })
class DealRow {
  @PrimaryColumn('text', { name: 'deal_id' })
  deal_id!: string;

  @Column('text')
  canonical_name!: string;

  @Column('text', { nullable: true })
  display_name!: string | null;

  @Column('text')
  stage!: string;

  @Column('text')
  status!: string;

  @Column('jsonb')
  metadata!: object;

  @Column('integer')
  version!: number;
}

@Entity({ schema: 'zakops', name: 'events' })
class EventRow {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  type!: string;

  @Column('smallint')
  schema_version!: number;

  @Column('text')
  aggregate_type!: string;

  @Column('text')
  aggregate_id!: string;

  @Column('bigint')
  aggregate_seq!: number;

  @Column('jsonb')
  data!: object;

  @Column('text')
  correlation_id!: string;

  @Column('text')
  actor!: string;
}

/** Nest and TypeORM as most people write it: repositories, `save()`, one transaction. It writes no waiting row, which is to its favour. */
@Controller('api/deals')
class DealsController {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  @Post()
  async create(@Body() input: DealInput): Promise<DealRow> {
    return this.dataSource.transaction(async (manager) => {
      const [next] = await manager.query<{ id: string }[]>('SELECT zakops.next_deal_id() AS id');
      const deal = await manager.getRepository(DealRow).save({
        deal_id: next?.id ?? '',
        canonical_name: input.canonical_name,
        display_name: input.display_name,
        stage: 'inbound',
        status: 'active',
        metadata: { priority: 'MEDIUM' },
        version: 1,
      });
      await manager.getRepository(EventRow).save({
        id: randomUUID(),
        type: 'deal.created',
        schema_version: 1,
        aggregate_type: 'deal',
        aggregate_id: deal.deal_id,
        aggregate_seq: 1,
        data: deal,
        correlation_id: deal.deal_id,
        actor: 'user:bench@zakops.local',
      });
      return deal;
    });
  }

  @Get(':id')
  async get(@Param('id') id: string): Promise<DealRow> {
    const deal = await this.dataSource.getRepository(DealRow).findOneBy({ deal_id: id });
    if (deal === null) throw new NotFoundException();
    return deal;
  }
}

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env['DATABASE_URL'] ?? '',
      entities: [DealRow, EventRow],
      poolSize: 32,
      installExtensions: false,
    }),
  ],
  controllers: [DealsController],
})
class NestServerModule {}

const app = await NestFactory.create(NestServerModule, { logger: false });
await app.listen(Number(process.env['PORT']), '127.0.0.1');
