import { EVENT_TYPES, eventCatalogue } from '#zakops/contracts';
import { Parser } from '@asyncapi/parser';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { asyncDocument } from './async-document.js';

interface Message {
  readonly payload: object;
  readonly examples: readonly { readonly payload: { readonly data: object } }[];
}

const document = asyncDocument('1.2.3') as {
  readonly info: { readonly version: string };
  readonly components: { readonly messages: Readonly<Record<string, Message>> };
};

describe(asyncDocument.name, () => {
  it('is AsyncAPI 3.0 to its parser, which only knows a newer version to recommend', async () => {
    const { document: parsed, diagnostics } = await new Parser().parse(JSON.stringify(document));
    expect(diagnostics.map(({ code }) => code)).toEqual(['asyncapi-latest-version']);
    expect([parsed?.version(), parsed?.info().version()]).toEqual(['3.0.0', '1.2.3']);
    expect(
      parsed
        ?.messages()
        .all()
        .map((message) => message.name()),
    ).toEqual(EVENT_TYPES);
  });

  it.each(EVENT_TYPES)('has a schema of %s that takes its example and nothing else', (type) => {
    const { payload, examples } = document.components.messages[type] ?? { payload: {}, examples: [] };
    const ajv = new Ajv({ strict: false });
    formats.default(ajv);
    const validate = ajv.compile(payload);
    const event = examples[0]?.payload ?? { data: {} };
    expect([validate(event), validate.errors]).toEqual([true, null]);
    expect(event.data).toEqual(eventCatalogue[type].example);
    expect(validate({ ...event, data: { ...event.data, unknown: 1 } })).toBe(false);
    expect(validate({ ...event, schemaversion: 99 })).toBe(false);
  });
});
