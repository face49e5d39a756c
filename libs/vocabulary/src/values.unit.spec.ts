import { describe, expect, it } from '@jest/globals';
import { isInstant } from './values.js';

const digits = (value: number, length = 2): string => String(value).padStart(length, '0');

/** Every day that a text can name, and some that there are not, at times of which some are none. */
function* texts(): Generator<string> {
  for (const year of [0, 1900, 2000, 2023, 2024, 9999])
    for (let month = 0; month <= 13; month++)
      for (let day = 0; day <= 32; day++)
        for (const time of ['00:00:00.000', '23:59:59.999', '24:00:00.000', '12:60:00.000', '12:00:60.000'])
          yield `${digits(year, 4)}-${digits(month)}-${digits(day)}T${time}Z`;
}

/** What the calendar of the platform makes of it. */
function isMoment(text: string): boolean {
  const milliseconds = Date.parse(text);
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === text;
}

describe('an instant', () => {
  it('is a moment that exists, by the calendar', () => {
    const wrong = [...texts()].filter((text) => isInstant(text) !== isMoment(text));
    expect(wrong).toEqual([]);
  });

  it.each([['2026-01-31T10:00:00Z'], ['2026-01-31T10:00:00.000+00:00'], ['2026-01-31'], [''], [1], [null]])(
    'is in UTC with milliseconds, and %s is none',
    (value) => {
      expect(isInstant(value)).toBe(false);
    },
  );
});
