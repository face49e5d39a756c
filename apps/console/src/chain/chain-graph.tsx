import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import { type Provenance } from '../api/answers.js';
import { go } from '../routing/use-route.js';
import { type FoldBy, type Place } from './chain-folding.js';
import { nodeBeside } from './chain-keys.js';
import { layOutChain, type ChainNode } from './chain-layout.js';
import { Flow, Node } from './chain-marks.js';
import { isFlowIn, isNodeIn, useDrawnPart, WHOLE_UP_TO } from './chain-window.js';
import { FoldBar } from './fold-bar.js';
import { useDragging } from './use-dragging.js';

interface ChainGraphProps {
  readonly chain: Provenance;
  /** By site, as far as disclosed to the reader. */
  readonly places: ReadonlyMap<string, Place>;
  readonly programme: string | undefined;
  /** Batches to highlight for the selected reason. */
  readonly lit: ReadonlySet<string>;
}

/** Drawing of a chain: batches by stage and country, with flows as wide as their mass. */
export function ChainGraph({ chain, places, programme, lit }: ChainGraphProps): ReactNode {
  const [by, setBy] = useState<FoldBy>();
  const [opened, setOpened] = useState<readonly string[]>([]);
  const layout = useMemo(
    () => layOutChain(chain, places, { by, unfolded: new Set(opened) }),
    [chain, places, by, opened],
  );
  const { nodes, flows } = layout;
  const asked = chain.batches[0]?.batchId;
  const isAsked = (node: ChainNode): boolean => node.batchIds.includes(asked ?? '');
  const isLit = (node: ChainNode): boolean => lit.size > 0 && node.batchIds.some((batchId) => lit.has(batchId));

  const through = useRef<HTMLDivElement>(null);
  const [part, look] = useDrawnPart(through, nodes.length > WHOLE_UP_TO);
  const drag = useDragging(through);
  /**
   * A batch of the focused node (a batch, since folding adds and removes nodes), and how often the focus was moved: a
   * drawing whose effects run after the next key was pressed must not take that move for its own.
   */
  const [focus, setFocus] = useState({ batchId: asked, moves: 0 });
  const at = nodes.find(({ batchIds }) => batchIds.includes(focus.batchId ?? '')) ?? nodes.at(-1);

  // The node that the keyboard moves to is scrolled into view and drawn before it gets the focus.
  const followed = useRef(0);
  const move = (batchId?: string): void =>
    setFocus((last) => ({ batchId: batchId ?? last.batchId, moves: last.moves + 1 }));
  useEffect(() => {
    if (followed.current === focus.moves || at === undefined || through.current === null) return;
    followed.current = focus.moves;
    bringIntoSight(through.current, at);
    look();
    [...through.current.querySelectorAll<SVGElement>('[data-node]')]
      .find(({ dataset }) => dataset['node'] === at.key)
      ?.focus({ preventScroll: true });
  }, [at, focus.moves, look]);
  const drawn = useRef(nodes);
  drawn.current = nodes;
  useEffect(() => {
    const first = drawn.current.find(({ batchIds }) => batchIds.some((batchId) => lit.has(batchId)));
    if (first !== undefined && through.current !== null) bringIntoSight(through.current, first);
  }, [lit]);

  const open = (node: ChainNode): void => {
    const [batchId] = node.batchIds;
    if (node.batchIds.length > 1) {
      setOpened([...opened, node.key]);
      move(batchId);
    } else if (batchId !== undefined && batchId !== asked) {
      go({ page: 'batch', batchId, ...(programme !== undefined && { programme }) });
    }
  };
  const foldLast = (): void => {
    move();
    setOpened(opened.slice(0, -1));
  };
  const nodeAt = ({ target }: MouseEvent | KeyboardEvent): ChainNode | undefined => {
    const key = (target as Element).closest<SVGElement>('[data-node]')?.dataset['node'];
    return nodes.find((node) => node.key === key);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const node = nodeAt(event);
    if (node === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const beside = nodeBeside(layout, node, event.key);
    const isOpening = event.key === 'Enter' || event.key === ' ';
    const isFolding = event.key === 'Backspace' && opened.length > 0;
    if (beside === undefined && !isOpening && !isFolding && !event.key.startsWith('Arrow')) return;
    event.preventDefault();
    if (beside !== undefined) move(beside.batchIds[0]);
    else if (isOpening) open(node);
    else if (isFolding) foldLast();
  };

  return (
    <>
      <FoldBar
        batches={chain.batches.length}
        by={layout.by}
        choose={(chosen) => {
          setBy(chosen);
          setOpened([]);
        }}
        fold={opened.length > 0 ? foldLast : undefined}
      />
      <div className="chain" ref={through} {...drag} tabIndex={0} role="region" aria-label="Chain of custody, scrolls">
        <svg
          width={layout.width}
          height={layout.height}
          viewBox={`0 0 ${layout.width} ${layout.height}`}
          className={lit.size > 0 ? 'has-lit' : undefined}
          role="group"
          aria-label={`${chain.batches.length} batches in ${layout.columns} stages`}
          onClick={(event) => {
            const node = nodeAt(event);
            if (node !== undefined) open(node);
          }}
          onKeyDown={onKeyDown}
        >
          {flows.map((flow) =>
            part === undefined || isFlowIn(flow, part) ? (
              <Flow key={flow.key} flow={flow} isLit={isLit(flow.from) && isLit(flow.to)} />
            ) : null,
          )}
          {nodes.map((node) =>
            part === undefined || node === at || isNodeIn(node, part) ? (
              <Node key={node.key} node={node} isAsked={isAsked(node)} isLit={isLit(node)} isCurrent={node === at} />
            ) : null,
          )}
        </svg>
      </div>
    </>
  );
}

/** Scrolls as little as possible. */
function bringIntoSight(through: HTMLElement, { x, y, width, height }: ChainNode): void {
  const { scrollLeft, scrollTop, clientWidth, clientHeight } = through;
  through.scrollTo({
    left: nearest(scrollLeft, clientWidth, x, width),
    top: nearest(scrollTop, clientHeight, y, height),
  });
}

/** Distance kept between a node and the edge after scrolling it into view, pixels. */
const EDGE = 24;

function nearest(scrolled: number, seen: number, start: number, length: number): number {
  if (start - EDGE < scrolled) return start - EDGE;
  return Math.max(scrolled, start + length + EDGE - seen);
}
