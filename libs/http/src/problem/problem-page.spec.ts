import { PROBLEM_CODES } from './problem-codes.js';
import { problemPage, problemType } from './problem-page.js';

describe(problemPage.name, () => {
  it.each(Object.entries(PROBLEM_CODES))('says what %s is and what to do', (code, { status, title }) => {
    const page = problemPage(problemType(code)) ?? '';
    expect(page).toContain(`<h1>${title}</h1>`);
    expect(page).toContain(`<p>Status ${String(status)}, code <code>${code}</code>.</p>`);
    expect(page).not.toMatch(/`|<code>[^<]*<(?!\/code>)/);
  });

  it('knows no other path', () => {
    expect(['/problems/', '/problems/nothing', '/problems/NOT_FOUND'].map(problemPage)).toEqual([undefined, undefined, undefined]);
  });
});
