import { ArrayField, CURSOR_RULES, DateTimeField, EnumField, enumRule, IntegerField, StringField } from '#zakops/http';
import type { ValueRule } from '#zakops/http';
import { ALERT_SEVERITIES, ALERT_TYPES } from '../../views/alert.js';
import type { Alerts, AlertView } from '../../views/alert.js';

/** What a list of alerts is narrowed to. */
export class ListAlertsParams {
  @EnumField(ALERT_TYPES, 'AlertType', { optional: true })
  type?: string;

  @EnumField(ALERT_SEVERITIES, 'AlertSeverity', { optional: true })
  severity?: string;

  @IntegerField({ min: 1, max: 500, optional: true, default: 200, description: 'The most alerts to answer; `total` counts all.' })
  limit = 200;

  @StringField({ min: 1, max: 2_000, optional: true, description: 'Where to go on: the `X-Next-Cursor` of the page before.' })
  cursor?: string;
}

/** What the members of a cursor of alerts may be. */
export const ALERT_PLACE_RULES = {
  severity: enumRule(ALERT_SEVERITIES, 'AlertSeverity'),
  since: CURSOR_RULES.instant,
  type: enumRule(ALERT_TYPES, 'AlertType'),
  subject: CURSOR_RULES.textId,
} satisfies Record<string, ValueRule>;

/** Something that somebody should look at. */
export class AlertResponse {
  @EnumField(ALERT_TYPES, 'AlertType')
  type!: AlertView['type'];

  @EnumField(ALERT_SEVERITIES, 'AlertSeverity')
  severity!: AlertView['severity'];

  @StringField({ nullable: true, example: 'DEAL-000001' })
  deal_id!: string | null;

  @StringField({ nullable: true, description: 'Of `overdue_actions`.' })
  action_id!: string | null;

  @StringField({ example: 'Acme Plumbing' })
  title!: string;

  @DateTimeField({
    description:
      'When the alert began: the limit of the stage was reached, the due day was over, the action was due, the oldest mail came.',
  })
  since!: string;

  @IntegerField({
    min: 0,
    description:
      'Whole days: for `stuck_deal` since the deal entered its stage, for `overdue_next_step` since its due day, else since `since`.',
  })
  days!: number;

  @IntegerField({ min: 1, description: 'Things behind it: 1, or how many mails wait.' })
  count!: number;
}

/** What somebody should look at. */
export class AlertsResponse {
  @ArrayField(() => AlertResponse, { description: 'Those that press first, then the oldest.' })
  alerts!: AlertResponse[];

  @IntegerField({ min: 0, description: 'All that fit the filter.' })
  total!: number;

  @IntegerField({ min: 0, description: 'Alerts that are left out because their deal is snoozed.' })
  snoozed!: number;
}

/** From the view to the wire. */
export function toAlertsResponse({ alerts, total, snoozed }: Alerts): AlertsResponse {
  return { alerts: alerts.map(toAlertResponse), total, snoozed };
}

function toAlertResponse({ type, severity, subjectId, dealId, title, since, days, count }: AlertView): AlertResponse {
  return {
    type,
    severity,
    deal_id: dealId,
    action_id: type === 'overdue_actions' ? subjectId : null,
    title,
    since: since.toISOString(),
    days: Math.max(0, days),
    count,
  };
}
