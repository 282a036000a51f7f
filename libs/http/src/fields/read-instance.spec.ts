import { PartialType } from '@nestjs/swagger';
import { IsDivisibleBy } from 'class-validator';
import fc from 'fast-check';
import { ArrayField, BooleanField, DateTimeField, IntegerField, JsonField, MapField, ObjectField, StringField } from './fields.js';
import { readInstance } from './read-instance.js';

class Leaf {
  @IntegerField({ min: 1 })
  n!: number;
}

class Tree {
  @StringField({ max: 5 })
  name!: string;

  @ObjectField(() => Leaf, { optional: true, nullable: true })
  leaf?: Leaf | null;

  @ArrayField(() => Leaf, { optional: true })
  leaves?: Leaf[];

  @MapField(() => Leaf, { optional: true })
  named?: Record<string, Leaf>;

  @JsonField({ optional: true, nullable: true })
  free?: unknown;
}

class PartOfTree extends PartialType(Tree) {}

class Mixed {
  @IsDivisibleBy(2)
  @IntegerField({ optional: true })
  even?: number;
}

class Filter {
  @IntegerField({ optional: true, min: 1 })
  limit = 50;

  @BooleanField({ optional: true })
  flag?: boolean;

  @DateTimeField({ optional: true })
  since?: string;

  @ArrayField('integer', { optional: true, unique: true })
  ids?: number[];
}

const codes = (type: new () => object, value: Record<string, unknown>, source: 'json' | 'text' = 'json'): string[] =>
  readInstance(type, value, source).faults.map(({ at, code }) => `${at} ${code}`);

describe(readInstance.name, () => {
  it('makes instances of the class and of the classes inside', () => {
    const { instance, faults } = readInstance(Tree, { name: 'oak', leaf: { n: 1 }, leaves: [{ n: 2 }] }, 'json');
    expect(faults).toEqual([]);
    expect(instance).toBeInstanceOf(Tree);
    expect(instance.leaf).toBeInstanceOf(Leaf);
    expect(instance.leaves?.[0]).toBeInstanceOf(Leaf);
  });

  it('tells a missing member from a null one', () => {
    expect(codes(Tree, {})).toEqual(['/name REQUIRED']);
    expect(codes(Tree, { name: null, leaves: null, leaf: null, free: null })).toEqual([
      '/name NULL_NOT_ALLOWED',
      '/leaves NULL_NOT_ALLOWED',
    ]);
  });

  it('points into arrays, objects and maps of a class', () => {
    const value = { name: 'oak', leaf: { n: 0, x: 1 }, leaves: [{ n: 1 }, { n: 0 }], named: { 'a/b~c': { n: 0 }, d: 5 } };
    expect(codes(Tree, value).sort()).toEqual([
      '/leaf/n OUT_OF_RANGE',
      '/leaf/x UNKNOWN_FIELD',
      '/leaves/1/n OUT_OF_RANGE',
      '/named/a~1b~0c/n OUT_OF_RANGE',
      '/named/d INVALID_TYPE',
    ]);
  });

  it('counts characters, not UTF-16 units', () => {
    expect(codes(Tree, { name: '🛒🛒🛒🛒🛒' })).toEqual([]);
    expect(codes(Tree, { name: '🛒🛒🛒🛒🛒🛒' })).toEqual(['/name TOO_LONG']);
  });

  it('keeps any JSON as it came, and never throws, whatever the names in it are', () => {
    const name = fc.oneof(fc.string(), fc.constantFrom('constructor', '__proto__', 'then', 'toString', 'name', 'leaf', 'free'));
    const json = fc.letrec((tie) => ({
      value: fc.oneof(fc.jsonValue(), fc.array(tie('value')), fc.dictionary(name, tie('value'))),
    })).value;
    fc.assert(
      fc.property(json, fc.dictionary(name, json), (free, anything) => {
        const { instance, faults } = readInstance(Tree, { name: 'oak', free }, 'json');
        expect(faults).toEqual([]);
        expect(JSON.stringify(instance.free)).toBe(JSON.stringify(free));
        readInstance(Tree, anything, 'json');
        readInstance(Tree, anything, 'text');
      }),
    );
  });

  it.each([{ leaf: [{ constructor: null }] }, { leaf: [[{ constructor: null }]] }, { leaves: { constructor: null } }])(
    'refuses %j as of the wrong shape',
    (plain) => {
      const [name = ''] = Object.keys(plain);
      const known = readInstance(Tree, { name: 'oak', [name]: 'text' }, 'json').faults;
      expect(readInstance(Tree, { name: 'oak', ...plain }, 'json').faults).toEqual(known);
      expect(known).toHaveLength(1);
    },
  );

  it('follows mapped types', () => {
    const { instance, faults } = readInstance(PartOfTree, { leaf: { n: 1 } }, 'json');
    expect([faults, instance.leaf instanceof Leaf]).toEqual([[], true]);
    expect(codes(PartOfTree, { leaf: { n: 0 }, other: 1 })).toEqual(['/leaf/n OUT_OF_RANGE', '/other UNKNOWN_FIELD']);
  });

  it('refuses a class with decorators of class-validator, which nobody runs', () => {
    expect(() => readInstance(Mixed, { even: 3 }, 'json')).toThrow('Mixed.even has a rule that is not run');
  });

  it('reads texts of a query, and only there', () => {
    const query = { limit: '7', flag: 'true', since: '2026-01-31T12:00:00 02:00', ids: ['1', '2,3'] };
    expect(readInstance(Filter, query, 'text')).toEqual({
      instance: { limit: 7, flag: true, since: '2026-01-31T12:00:00+02:00', ids: [1, 2, 3] },
      faults: [],
    });
    expect(codes(Filter, query)).toEqual([
      '/limit INVALID_TYPE',
      '/flag INVALID_TYPE',
      '/since INVALID_FORMAT',
      '/ids/0 INVALID_TYPE',
      '/ids/1 INVALID_TYPE',
    ]);
    expect(readInstance(Filter, {}, 'text').instance).toEqual({ limit: 50 });
    expect(codes(Filter, { ids: '1,1' }, 'text')).toEqual(['/ids NOT_UNIQUE']);
    expect(codes(Filter, { flag: ['true', 'true'] }, 'text')).toEqual(['/flag REPEATED']);
  });
});
