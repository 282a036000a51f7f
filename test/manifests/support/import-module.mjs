/** Imports a package that only offers itself to `import`: what is written in TypeScript becomes `require` in the tests. */
export const importModule = (specifier) => import(specifier);
