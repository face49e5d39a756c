import { type ReactNode } from 'react';
import { type Batch, type CompositionEntry } from '../api/answers.js';
import { countryOf, massOf, shareOf, wordsOf } from '../format/format.js';

const WIDTH = 600;

/** The composition of each mineral of a batch by class and origin. */
export function Composition({ batch: { composition, contentKnown } }: { batch: Batch }): ReactNode {
  const minerals = Object.entries(composition).filter(([, origins]) => origins.length > 0);
  if (minerals.length === 0) {
    return (
      <p className="quiet">
        {contentKnown ? 'Nothing is left of this batch.' : 'Its content is not known yet: no assay has been recorded.'}
      </p>
    );
  }
  return (
    <>
      {minerals.map(([mineral, origins]) => (
        <section key={mineral} aria-label={mineral}>
          <h3>{mineral}</h3>
          <Bar origins={origins} mineral={mineral} />
          <ul className="origins">
            {origins.map((origin, index) => (
              <li key={index}>
                <span className={`swatch ${origin.class}`} aria-hidden="true" /> {nameOf(origin)}:{' '}
                {massOf(origin.grams)}, {shareOf(origin.milligrams, wholeOf(origins))}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function Bar({ origins, mineral }: { origins: readonly CompositionEntry[]; mineral: string }): ReactNode {
  const whole = wholeOf(origins);
  let x = 0;
  return (
    <svg
      className="composition"
      viewBox={`0 0 ${WIDTH} 24`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${mineral} by class and origin`}
    >
      {origins.map((origin, index) => {
        const width = (WIDTH * origin.milligrams) / whole;
        const at = x;
        x += width;
        return (
          <rect key={index} className={origin.class} x={at} width={Math.max(0.5, width - 1)} height={24}>
            <title>{`${nameOf(origin)}: ${shareOf(origin.milligrams, whole)}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}

function wholeOf(origins: readonly CompositionEntry[]): number {
  return origins.reduce((sum, { milligrams }) => sum + milligrams, 0);
}

function nameOf({ country, class: kind, recycledIn }: CompositionEntry): string {
  const recycled = recycledIn === undefined ? '' : `, recycled in ${countryOf(recycledIn)}`;
  return `${wordsOf(kind)}, ${countryOf(country)}${recycled}`;
}
