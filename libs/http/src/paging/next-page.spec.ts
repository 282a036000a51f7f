import type { Request, Response } from 'express';
import { setNextPage } from './next-page.js';

function linkFor(request: object, before?: string): string {
  const headers = new Map<string, unknown>();
  if (before !== undefined) headers.set('Link', before);
  const response = {
    getHeader: (name: string) => headers.get(name),
    setHeader: (name: string, value: unknown) => headers.set(name, value),
  } as unknown as Response;
  setNextPage(request as Request, response, 'c');
  return String(headers.get('Link'));
}

describe(setNextPage.name, () => {
  it.each([
    ['a question mark in a parameter', '/api/deals?search=a?b&limit=1', '</api/deals?search=a%3Fb&limit=1&cursor=c>; rel="next"'],
    ['an old cursor and an offset', '/api/deals?cursor=b&offset=3', '</api/deals?cursor=c>; rel="next"'],
    ['no query', '/api/deals', '</api/deals?cursor=c>; rel="next"'],
    ['a bracket that would end the link', '/api/deals?search=>; rel="x"', '</api/deals?search=%3E%3B+rel%3D%22x%22&cursor=c>; rel="next"'],
  ])('keeps the rest of a query with %s', (_what, originalUrl, link) => {
    expect(linkFor({ originalUrl, route: { path: '/api/deals' }, params: {} })).toBe(link);
  });

  it('stands in front of another link', () => {
    const request = { originalUrl: '/api/deals', route: { path: '/api/deals' }, params: {} };
    expect(linkFor(request, '</docs>; rel="deprecation"')).toBe('</api/deals?cursor=c>; rel="next",</docs>; rel="deprecation"');
  });

  it('writes a value of the path so that it cannot end the link', () => {
    const request = { originalUrl: '/api/deals/a>b/events', route: { path: '/api/deals/:id/events' }, params: { id: 'a>b' } };
    expect(linkFor(request)).toBe('</api/deals/a%3Eb/events?cursor=c>; rel="next"');
  });
});
