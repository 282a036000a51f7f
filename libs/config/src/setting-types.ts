import { z } from 'zod';

/** A whole number from `min` to `max`. */
export function integer(min: number, max: number): z.ZodType<number> {
  return z.string().transform((text, context) => {
    const value = Number(text);
    if (/^-?\d+$/.test(text.trim()) && value >= min && value <= max) return value;
    context.addIssue({ code: 'custom', message: `must be a whole number from ${String(min)} to ${String(max)}` });
    return z.NEVER;
  });
}

/** Seconds, fractions allowed, from `min` to `max`; the value is in milliseconds. */
export function secondsAsMs(min: number, max: number): z.ZodType<number> {
  return z.string().transform((text, context) => {
    const value = Number(text);
    if (/^\d+(\.\d+)?$/.test(text.trim()) && value >= min && value <= max) return Math.round(value * 1000);
    context.addIssue({ code: 'custom', message: `must be seconds from ${String(min)} to ${String(max)}` });
    return z.NEVER;
  });
}

/** `true` or `false`, also `1`, `0`, `yes`, `no`, `on`, `off`, in any case. */
export function flag(): z.ZodType<boolean> {
  return z.string().transform((text, context) => {
    const word = text.trim().toLowerCase();
    if (['true', '1', 'yes', 'on'].includes(word)) return true;
    if (['false', '0', 'no', 'off'].includes(word)) return false;
    context.addIssue({ code: 'custom', message: 'must be true or false' });
    return z.NEVER;
  });
}

/** One of a few words, in any case. */
export function oneOf<const W extends string>(words: readonly W[]): z.ZodType<W> {
  return z.string().transform((text, context) => {
    const found = words.find((word) => word === text.trim().toLowerCase());
    if (found !== undefined) return found;
    context.addIssue({ code: 'custom', message: `must be one of ${words.join(', ')}` });
    return z.NEVER;
  });
}

/** Any text of `min` to `max` characters. */
export function text(min: number, max: number): z.ZodType<string> {
  return z
    .string()
    .min(min, { message: `must have at least ${String(min)} characters` })
    .max(max, { message: `must have at most ${String(max)} characters` });
}

/** A JSON array of texts, or the same separated by commas. */
export function textList(): z.ZodType<readonly string[]> {
  return z.string().transform((raw, context) => {
    const trimmed = raw.trim();
    if (!trimmed.startsWith('[')) {
      return trimmed.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
    }
    try {
      return z.array(z.string().min(1)).parse(JSON.parse(trimmed));
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a JSON array of texts' });
      return z.NEVER;
    }
  });
}
