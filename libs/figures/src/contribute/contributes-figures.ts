import { DiscoveryService } from '@nestjs/core';
import type { FigureKey } from '../catalogue/figure-catalogue.js';

/** What a sample keeps beside numbers, to tell changes from: who leads, which builds run, what is not well. */
export type Mark = string | number | readonly string[] | Readonly<Record<string, number>> | null;

/** Figures by their keys; a figure that is not known now is left out. */
export type Figures = Readonly<Partial<Record<FigureKey, number>>>;

/** The state of the system at one instant. */
export interface MeasuredState {
  readonly figures: Figures;
  readonly marks?: Readonly<Record<string, Mark>>;
}

/** A part of the process whose figures have a past. */
export interface FigureContributor {
  /** What this process has counted since it began. Asked every five seconds, so it must be cheap and read no database. */
  counted?(): Figures;
  /** The state of the whole system. Asked of one process in ten seconds; abandoned after two. */
  measured?(): Promise<MeasuredState>;
}

/** Marks a provider of any module as a {@link FigureContributor}. */
export const ContributesFigures = DiscoveryService.createDecorator();
