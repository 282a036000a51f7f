export declare function importModule(specifier: string): Promise<Readonly<Record<string, unknown>>>;
