import { effectiveScopes, scopesOfRole } from '#zakops/auth';
import { EVENT_TYPES } from '#zakops/contracts';
import { EventVisibility } from './event-visibility.js';

describe(EventVisibility.name, () => {
  it('shows an event to those who hold its permission', () => {
    const shown = (['admin', 'analyst', 'viewer'] as const).map((role) => new EventVisibility(scopesOfRole(role, 'admins')));
    expect(shown.map((visibility) => visibility.shows('deal.created'))).toEqual([true, true, true]);
    expect(shown.map((visibility) => visibility.shows('operator.login_locked'))).toEqual([true, false, false]);
  });

  it('shows nothing to a key whose scopes see nothing', () => {
    const visibility = new EventVisibility(effectiveScopes(['artifacts:read'], scopesOfRole('admin', 'admins')));
    expect(EVENT_TYPES.filter((type) => visibility.shows(type))).toEqual([]);
  });

  it('shows a type that is not in the catalogue only to those who may look after the system', () => {
    expect(new EventVisibility(scopesOfRole('viewer', 'admins')).shows('future.happened')).toBe(false);
    expect(
      new EventVisibility(effectiveScopes(['deals:read', 'admin:users'], scopesOfRole('admin', 'admins'))).shows('future.happened'),
    ).toBe(false);
    expect(EventVisibility.everything.shows('future.happened')).toBe(true);
  });

  it('is the same for all who may see the same', () => {
    expect(new EventVisibility(scopesOfRole('viewer', 'admins')).key).toBe(new EventVisibility(scopesOfRole('analyst', 'admins')).key);
    expect(new EventVisibility(scopesOfRole('viewer', 'admins')).key).not.toBe(EventVisibility.everything.key);
  });
});
