import { ContributesFigures } from '#zakops/figures';
import type { FigureContributor, MeasuredState } from '#zakops/figures';
import { Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { GetSystemHealth } from '../queries/get-system-health/get-system-health.query.js';

/** Which components are not up, so that charts can show since when. */
@ContributesFigures()
@Injectable()
export class HealthFigures implements FigureContributor {
  constructor(private readonly queries: QueryBus) {}

  async measured(): Promise<MeasuredState> {
    const { components } = await this.queries.execute(new GetSystemHealth());
    return { figures: {}, marks: { down: components.filter(({ state }) => state !== 'up').map(({ name }) => name) } };
  }
}
