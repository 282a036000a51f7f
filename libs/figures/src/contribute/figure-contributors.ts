import { within } from '#zakops/kernel';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { ContributesFigures } from './contributes-figures.js';
import type { FigureContributor, Figures, MeasuredState } from './contributes-figures.js';

const LIMIT_MS = 2_000;

/** A provider is marked with `@ContributesFigures` but has neither method of a contributor: a defect. */
export class FigureDeclarationError extends Error {
  constructor(name: string) {
    super(`Figures ${name}: it has neither counted nor measured.`);
    this.name = 'FigureDeclarationError';
  }
}

/** Finds the providers that are marked with `@ContributesFigures`, in any module, and asks them. */
@Injectable()
export class FigureContributors implements OnApplicationBootstrap {
  readonly #logger = new Logger(FigureContributors.name);
  #found: readonly FigureContributor[] | undefined;

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws FigureDeclarationError at the start, and not with a sample */
  onApplicationBootstrap(): void {
    this.all();
  }

  /** What this process has counted since it began. */
  counted(): Figures {
    const parts = this.all().map((contributor) => {
      try {
        return contributor.counted?.() ?? {};
      } catch (error) {
        this.#logger.debug({ err: error }, 'A sample lacks the counts of one part.');
        return {};
      }
    });
    return Object.assign({}, ...parts) as Figures;
  }

  /** The state of the system; one contributor after the other, so that a sample holds one connection. What cannot be read is left out. */
  async measured(): Promise<MeasuredState> {
    const figures = {};
    const marks = {};
    for (const contributor of this.all()) {
      if (contributor.measured === undefined) continue;
      try {
        const part = await within(LIMIT_MS, contributor.measured());
        Object.assign(figures, part.figures);
        Object.assign(marks, part.marks);
      } catch (error) {
        this.#logger.debug({ err: error }, 'A sample lacks the state of one part.');
      }
    }
    return { figures, marks };
  }

  private all(): readonly FigureContributor[] {
    this.#found ??= [...new Set(this.discovery.getProviders({ metadataKey: ContributesFigures.KEY }).map(toContributor))];
    return this.#found;
  }
}

function toContributor({ name, instance }: { readonly name: string; readonly instance: unknown }): FigureContributor {
  if (!isContributor(instance)) throw new FigureDeclarationError(name);
  return instance;
}

function isContributor(instance: unknown): instance is FigureContributor {
  const has = (method: string): boolean =>
    typeof instance === 'object' && instance !== null && typeof (instance as Record<string, unknown>)[method] === 'function';
  return has('counted') || has('measured');
}
