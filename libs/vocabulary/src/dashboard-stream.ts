import type { Response } from 'express';
import { toDashboard } from './dashboard-answers.js';

const DATA = 'data: ';

/**
 * Has a stream write its events in the words of the dashboard.
 *
 * @remarks Only such a stream pays for it: each of its events is read and written once more. Every write holds whole lines.
 */
export function translateStream(response: Response): void {
  const write = response.write.bind(response) as (bytes: string) => boolean;
  response.write = ((bytes: Buffer | string): boolean => write(translateFrames(bytes.toString()))) as Response['write'];
}

/** Frames with each event in the words of the dashboard; other lines stay. */
export function translateFrames(frames: string): string {
  return frames
    .split('\n')
    .map((line) => (line.startsWith(DATA) ? DATA + JSON.stringify(toDashboard(JSON.parse(line.slice(DATA.length)))) : line))
    .join('\n');
}
