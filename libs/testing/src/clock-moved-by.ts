/**
 * An option of Node.js that moves the clock of a process before anything of it runs: `NODE_OPTIONS: clockMovedBy(3_600_000)`.
 *
 * @param ms - ahead; negative for a clock that is behind
 */
export function clockMovedBy(ms: number): string {
  const script = `const Real=Date;const moved=()=>Real.now()+(${String(ms)});globalThis.Date=class extends Real{constructor(...given){given.length===0?super(moved()):super(...given)}static now(){return moved()}}`;
  return `--import=data:text/javascript,${encodeURIComponent(script)}`;
}
