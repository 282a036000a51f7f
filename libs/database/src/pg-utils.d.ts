declare module 'pg/lib/utils.js' {
  const utils: {
    /** From a JavaScript value to what is sent for a parameter; throws for what cannot be written, such as circular objects. */
    prepareValue(value: unknown): string | Buffer | null;
  };
  export default utils;
}
