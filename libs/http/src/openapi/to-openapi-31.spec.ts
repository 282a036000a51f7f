import { toOpenApi31 } from './to-openapi-31.js';

describe(toOpenApi31.name, () => {
  it.each([
    [{ type: 'string', nullable: true }, { type: ['string', 'null'] }],
    [{ type: 'string', nullable: false }, { type: 'string' }],
    [
      { type: 'string', enum: ['a'], nullable: true },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    [{ $ref: '#/x', nullable: true }, { anyOf: [{ $ref: '#/x' }, { type: 'null' }] }],
    [{ type: 'object', 'x-any-json': true, nullable: true, description: 'free' }, { description: 'free' }],
    [
      { type: 'object', properties: { nullable: { type: 'boolean' }, a: { type: 'integer', nullable: true } } },
      { type: 'object', properties: { nullable: { type: 'boolean' }, a: { type: ['integer', 'null'] } } },
    ],
    [{ example: { nullable: true, type: 'string' } }, { example: { nullable: true, type: 'string' } }],
  ])('turns %j into %j', (given, expected) => {
    expect(toOpenApi31(given)).toEqual(expected);
  });
});
