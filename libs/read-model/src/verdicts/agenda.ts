import { type UnjudgedRow } from '../views/schema.js';

/** A batch to be judged, or a making to be summarised: marked in the tables, found during a wave, or both. */
export type Task = UnjudgedRow & { readonly isMarked: boolean; readonly isFound: boolean };

/** The tasks of a wave, in the order in which things were made, a making before what it made. */
export class Agenda {
  /** In descending order, so that the next task is the last. */
  readonly #tasks: Task[] = [];
  readonly #byId = new Map<string, Task>();

  /** Two tasks with the same id are merged into the wider one. */
  add(task: Task): void {
    const known = this.#byId.get(task.batch_id);
    if (known !== undefined) {
      this.#byId.set(task.batch_id, wider(known, task));
      return;
    }
    this.#byId.set(task.batch_id, task);
    let [low, high] = [0, this.#tasks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(task, this.#tasks[middle]!)) low = middle + 1;
      else high = middle;
    }
    this.#tasks.splice(low, 0, task);
  }

  next(): Task | undefined {
    const task = this.#tasks.pop();
    if (task === undefined) return undefined;
    const widest = this.#byId.get(task.batch_id);
    this.#byId.delete(task.batch_id);
    return widest;
  }

  /** The next tasks, without removing them. */
  ahead(most: number): readonly Task[] {
    return this.#tasks.slice(-most).reverse();
  }

  rest(): Task[] {
    return [...this.#byId.values()];
  }
}

function isBefore(one: Task, other: Task): boolean {
  return one.born === other.born ? one.batch_id < other.batch_id : one.born < other.born;
}

function wider(one: Task, other: Task): Task {
  return {
    ...one,
    since: Math.min(one.since, other.since),
    last: Math.max(one.last, other.last),
    spread: Math.min(one.spread, other.spread),
    anew: Math.max(one.anew, other.anew),
    isMarked: one.isMarked || other.isMarked,
    isFound: one.isFound || other.isFound,
  };
}

/** A task found by another: only what has changed is examined. */
export function foundBy(task: Task): Task {
  return { ...task, anew: 0, spread: 0, isMarked: false, isFound: true };
}

/** One task in the place of two with the same id. */
export function merged(one: Task | undefined, other: Task): Task {
  return one === undefined ? other : { ...other, isMarked: one.isMarked || other.isMarked };
}
