import { EVENT_TYPES, eventCatalogue } from './event-catalogue.js';
import { MASK, maskSensitive } from './mask-sensitive.js';

describe(maskSensitive.name, () => {
  it('hides what the catalogue calls sensitive, says where, and leaves the payload as it is', () => {
    const { example } = eventCatalogue['deal.contact_changed'];
    const before = structuredClone(example);
    const { data, masked } = maskSensitive('deal.contact_changed', example);
    expect(masked).toEqual(['/contact/email', '/previous/email']);
    expect(data).toEqual({ ...example, contact: { ...example.contact, email: MASK }, previous: { ...example.previous, email: MASK } });
    expect(example).toEqual(before);
  });

  it('looks into every item of a list, and hides neither nulls nor other members', () => {
    const changes = [
      { field: 'broker', old_value: null, new_value: { name: 'Bo', email: 'bo@example.com' } },
      { field: 'display_name', old_value: 'A', new_value: 'B' },
    ];
    const { data, masked } = maskSensitive('deal.updated', { deal_id: 'DEAL-000001', changes });
    expect(masked).toEqual(['/changes/0/new_value/email']);
    expect(data).toEqual({
      deal_id: 'DEAL-000001',
      changes: [{ ...changes[0], new_value: { name: 'Bo', email: MASK } }, changes[1]],
    });
  });

  it.each(EVENT_TYPES)('shows no e-mail address of the example of %s outside of who acted and ids of mail', (type) => {
    const { data } = maskSensitive(type, eventCatalogue[type].example);
    const others = JSON.stringify(data, (name, value: unknown) => (NOT_SENSITIVE.test(name) ? undefined : value));
    expect(others).not.toMatch(/@example\.com/);
  });

  it('leaves what is not in the catalogue', () => {
    expect(maskSensitive('future.happened', { email: 'a@b.c' })).toEqual({ data: { email: 'a@b.c' }, masked: [] });
  });
});

/** Members that name who acted, as the audit log does to the same readers, and ids of mail. */
const NOT_SENSITIVE = /_by$|^author$|^message_id$/;
