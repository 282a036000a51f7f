import type { DealStage } from '#zakops/contracts';

/** What a demo deal goes through; days count back from today. */
export interface DemoDeal {
  readonly name: string;
  readonly company: string;
  readonly sector: string;
  readonly city: string;
  readonly state: string;
  readonly price: string;
  readonly broker: { readonly name: string; readonly email: string; readonly company: string };
  readonly source: string;
  readonly openedDaysAgo: number;
  readonly moves: readonly { readonly to: DealStage; readonly daysAgo: number; readonly outcome: string | null }[];
  readonly note: string | null;
  readonly contact: string | null;
  readonly nextStep: string | null;
  readonly isArchived: boolean;
}

/** A mail in quarantine. */
export interface DemoMail {
  readonly id: number;
  readonly subject: string;
  readonly company: string;
  readonly broker: { readonly name: string; readonly email: string; readonly company: string };
  readonly urgency: 'HIGH' | 'MEDIUM' | 'LOW';
  readonly daysAgo: number;
  readonly decision: 'approve' | 'reject' | null;
}

const FIRST = [
  'Acme',
  'Blue Ridge',
  'Cedar',
  'Delta',
  'Evergreen',
  'Falcon',
  'Granite',
  'Harbor',
  'Ironwood',
  'Juniper',
  'Keystone',
  'Lakeside',
];
const TRADE = [
  'Plumbing',
  'HVAC',
  'Roofing',
  'Landscaping',
  'Logistics',
  'Dental Lab',
  'Machining',
  'Packaging',
  'Electrical',
  'Pest Control',
];
const FORM = ['LLC', 'Inc.', 'Co.', 'Group'];
const CITIES = [
  ['Austin', 'TX'],
  ['Boise', 'ID'],
  ['Denver', 'CO'],
  ['Nashville', 'TN'],
  ['Tucson', 'AZ'],
  ['Omaha', 'NE'],
] as const;
const BROKERS = ['Bo Broker', 'Mia Lang', 'Theo Ortiz', 'Nora Quinn', 'Sam Reed'];
const NOTES = [
  'Spoke with the seller: wants to retire by spring, open to a note.',
  'Margins fell last year; two large customers make half of the revenue.',
  'Broker sends the CIM after the NDA. Second call on Friday.',
  'Lease ends in eighteen months; the landlord would renew.',
];
const STEPS = ['call the broker', 'read the CIM', 'send the NDA', 'ask for tax returns', 'draft the LOI'];
const PATH: readonly DealStage[] = ['initial_review', 'due_diligence', 'negotiation', 'documentation', 'closing', 'closed_won'];
const LOST = ['price_gap', 'diligence_findings', 'seller_withdrew', 'no_fit', 'unresponsive'];
const DAYS = 92;
/** Of this many stays one is longer than the limit of its stage, so that alerts have deals to name. */
const SLOW_ONE_IN = 8;

/** Numbers that follow from a seed alone (Park and Miller). */
class Dice {
  constructor(private state: number) {}

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    this.state = (this.state * 48_271) % 2_147_483_647;
    return this.state % limit;
  }

  pick<T>(of: readonly T[]): T {
    return of[this.below(of.length)] as T;
  }
}

/** A team's three months: the same for the same seed. */
export function demoStory(seed: number): { readonly deals: readonly DemoDeal[]; readonly mails: readonly DemoMail[] } {
  const dice = new Dice((Math.abs(seed) % 2_147_483_646) + 1);
  const broker = (): DemoDeal['broker'] => {
    const name = dice.pick(BROKERS);
    return { name, email: `${name.toLowerCase().replaceAll(' ', '.')}@brokers.example`, company: `${name.split(' ')[1] ?? ''} & Partners` };
  };
  const company = (): string => `${dice.pick(FIRST)} ${dice.pick(TRADE)} ${dice.pick(FORM)}`;
  const deals = Array.from({ length: 200 }, (_, n): DemoDeal => {
    const name = company();
    const [city, state] = dice.pick(CITIES);
    const openedDaysAgo = 1 + dice.below(DAYS);
    return {
      name: `${name
        .toLowerCase()
        .replaceAll(/[^a-z]+/g, '-')
        .replace(/-$/, '')}-${String(n + 1)}`,
      company: name,
      sector: TRADE.find((trade) => name.includes(trade)) ?? 'services',
      city,
      state,
      price: `${String(250_000 + dice.below(190) * 25_000)}.00`,
      broker: broker(),
      source: dice.pick(['api', 'api', 'quarantine', 'import']),
      openedDaysAgo,
      moves: movesOf(dice, openedDaysAgo),
      note: dice.below(3) === 0 ? dice.pick(NOTES) : null,
      contact: dice.below(4) === 0 ? `${dice.pick(['Ana', 'Lee', 'Max', 'Ida'])} ${dice.pick(['Stone', 'Marsh', 'Field'])}` : null,
      nextStep: dice.below(3) === 0 ? dice.pick(STEPS) : null,
      isArchived: dice.below(20) === 0,
    };
  });
  const mails = Array.from({ length: 40 }, (_, n): DemoMail => {
    const name = company();
    return {
      id: n + 1,
      subject: `${name}: ${dice.pick(['listing', 'teaser', 'new opportunity', 'price change'])} ${String(1_000 + dice.below(9_000))}`,
      company: name,
      broker: broker(),
      urgency: dice.pick(['HIGH', 'MEDIUM', 'LOW'] as const),
      daysAgo: dice.below(20),
      decision: dice.pick(['approve', 'reject', null, null] as const),
    };
  });
  return { deals, mails };
}

function movesOf(dice: Dice, openedDaysAgo: number): DemoDeal['moves'] {
  const moves: { to: DealStage; daysAgo: number; outcome: string | null }[] = [];
  let daysAgo = openedDaysAgo;
  for (const stage of PATH) {
    daysAgo -= dice.below(SLOW_ONE_IN) === 0 ? 40 + dice.below(30) : 1 + dice.below(24);
    if (daysAgo < 0) break;
    if (dice.below(6) === 0) {
      moves.push({ to: 'closed_lost', daysAgo, outcome: dice.pick(LOST) });
      break;
    }
    moves.push({ to: stage, daysAgo, outcome: stage === 'closed_won' ? 'price_agreed' : null });
  }
  return moves;
}
