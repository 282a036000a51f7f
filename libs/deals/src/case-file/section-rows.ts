/** Rows of a section that are read at a time. Readers of rows with large texts bound their bytes, too. */
export const SECTION_ROWS = 200;
