import { KeyedPlaces } from './pool/places.js';
import { HeldPlaces, NoPlaceError } from './row-places.js';

const LOCK = 'SELECT 1 FROM deals WHERE id = $1 FOR UPDATE';

describe(HeldPlaces.name, () => {
  it('counts statements that lock one row, once for each transaction, until it is over', () => {
    const all = new KeyedPlaces(1);
    const [first, second] = [new HeldPlaces(all), new HeldPlaces(all)];
    first.enter(LOCK, ['1']);
    first.enter(LOCK, ['1']);
    second.enter(LOCK, ['2']);
    second.enter('SELECT 1 FROM deals WHERE id = $1', ['1']);
    second.enter(`${LOCK} SKIP LOCKED`, ['1']);
    expect(() => {
      second.enter(LOCK, ['1']);
    }).toThrow(NoPlaceError);
    first.leave();
    second.enter(LOCK, ['1']);
  });
});
