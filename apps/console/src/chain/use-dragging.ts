import { useRef, type MouseEvent, type PointerEvent, type RefObject } from 'react';

/** Distance that a mouse may move during a click, pixels. */
const STILL = 4;

interface Dragging {
  readonly onPointerDown: (event: PointerEvent) => void;
  readonly onPointerMove: (event: PointerEvent) => void;
  readonly onPointerUp: () => void;
  readonly onPointerCancel: () => void;
  readonly onClickCapture: (event: MouseEvent) => void;
}

/** Pans a scrolling element with the mouse; touch panning is built in. The click that ends a drag opens nothing. */
export function useDragging(through: RefObject<HTMLElement | null>): Dragging {
  const from = useRef<{ x: number; y: number; left: number; top: number }>(undefined);
  const isDragged = useRef(false);
  const end = (): void => {
    from.current = undefined;
    through.current?.classList.remove('dragged');
  };
  return {
    onPointerDown: ({ pointerType, button, clientX: x, clientY: y }) => {
      isDragged.current = false;
      const element = through.current;
      if (pointerType !== 'mouse' || button !== 0 || element === null) return;
      from.current = { x, y, left: element.scrollLeft, top: element.scrollTop };
    },
    onPointerMove: ({ clientX, clientY, pointerId }) => {
      const element = through.current;
      if (from.current === undefined || element === null) return;
      const { x, y, left, top } = from.current;
      if (!isDragged.current && Math.hypot(clientX - x, clientY - y) < STILL) return;
      if (!isDragged.current) {
        isDragged.current = true;
        element.setPointerCapture(pointerId);
        element.classList.add('dragged');
      }
      element.scrollTo(left - (clientX - x), top - (clientY - y));
    },
    onPointerUp: end,
    onPointerCancel: end,
    onClickCapture: (event) => {
      if (isDragged.current) event.stopPropagation();
      isDragged.current = false;
    },
  };
}
