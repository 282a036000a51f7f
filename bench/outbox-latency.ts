export async function measureLatency(_url: string, _seconds: number): Promise<string[]> { return []; }
