import { useCallback, useEffect, useState, type RefObject } from 'react';
import { type ChainFlow, type ChainNode } from './chain-layout.js';

/** A rectangle of the drawing, pixels. */
interface Part {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Above this number of nodes, only those near the visible part are drawn. */
export const WHOLE_UP_TO = 150;
/** Margin drawn around the visible part, pixels, so that a pan does not run into undrawn areas. */
const BEYOND = 600;

/**
 * The part of a large drawing to draw: what is visible through its scrolling element, and a margin. It stays the same until
 * the view leaves it, so that most of a pan redraws nothing.
 * @returns the part, undefined for all of it; and a function that updates it from the scroll position
 */
export function useDrawnPart(
  through: RefObject<HTMLElement | null>,
  isLarge: boolean,
): readonly [Part | undefined, () => void] {
  const [part, setPart] = useState<Part>();
  const [isPrinted, setPrinted] = useState(false);
  const look = useCallback(() => {
    const seen = through.current && seenThrough(through.current);
    if (seen) setPart((last) => (last !== undefined && lies(seen, last) ? last : about(seen)));
  }, [through]);

  useEffect(() => {
    const element = through.current;
    if (!isLarge || element === null) return;
    look();
    element.addEventListener('scroll', look, { passive: true });
    const resized = new ResizeObserver(look);
    resized.observe(element);
    return () => {
      element.removeEventListener('scroll', look);
      resized.disconnect();
    };
  }, [through, isLarge, look]);

  useEffect(() => {
    const before = (): void => setPrinted(true);
    const after = (): void => setPrinted(false);
    addEventListener('beforeprint', before);
    addEventListener('afterprint', after);
    return () => {
      removeEventListener('beforeprint', before);
      removeEventListener('afterprint', after);
    };
  }, []);

  return [isLarge && !isPrinted ? (part ?? NOTHING) : undefined, look];
}

const NOTHING: Part = { left: 0, top: 0, right: 0, bottom: 0 };

function seenThrough({ scrollLeft, scrollTop, clientWidth, clientHeight }: HTMLElement): Part {
  return { left: scrollLeft, top: scrollTop, right: scrollLeft + clientWidth, bottom: scrollTop + clientHeight };
}

function about({ left, top, right, bottom }: Part): Part {
  return { left: left - BEYOND, top: top - BEYOND, right: right + BEYOND, bottom: bottom + BEYOND };
}

function lies(inner: Part, outer: Part): boolean {
  return (
    inner.left >= outer.left && inner.top >= outer.top && inner.right <= outer.right && inner.bottom <= outer.bottom
  );
}

export function isNodeIn({ x, y, width, height }: ChainNode, { left, top, right, bottom }: Part): boolean {
  return x <= right && x + width >= left && y <= bottom && y + height >= top;
}

/** Whether a flow may cross the part: its curve stays between its ends. */
export function isFlowIn({ from, to, fromY, toY, width }: ChainFlow, { left, top, right, bottom }: Part): boolean {
  return (
    from.x + from.width <= right &&
    to.x >= left &&
    Math.min(fromY, toY) - width / 2 <= bottom &&
    Math.max(fromY, toY) + width / 2 >= top
  );
}
