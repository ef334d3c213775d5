import { anyCharacter, type Characters, charactersOf, overlap } from "./characters.ts";
import { type Tree, treeOf } from "./tree.ts";

/** Expressions that are larger are not looked at. */
const maxPositions = 1_500;
const maxPairs = 30_000;

/** A part of an automaton that has a state for each place in the expression where a character is read. */
interface Fragment {
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly isNullable: boolean;
}

const empty: Fragment = { first: [], last: [], isNullable: true };

/**
 * Whether JavaScript, which tries one way after the other, matches any text in time that grows with its length only: if
 * no text leads to a place in the expression in two ways. Says no where it is not sure.
 */
export function isLinear(expression: RegExp): boolean {
  const tree = treeOf(expression.source);
  const automaton = new Automaton(expression.flags);
  const isAnchored = startsAnchored(tree);
  const any = isAnchored ? empty : automaton.loopOfAny();
  const whole = automaton.join(any, automaton.build(endsOpen(tree)));
  return !automaton.isAmbiguous(whole);
}

class Automaton {
  readonly #flags: string;
  /** What each state reads. */
  readonly #reads: Characters[] = [];
  readonly #next: Set<number>[] = [];
  #hasTwoWays = false;

  constructor(flags: string) {
    this.#flags = flags;
  }

  build(tree: Tree): Fragment {
    if (this.#reads.length > maxPositions) return this.#tooLarge();
    switch (tree.kind) {
      case "start":
      case "boundary":
        return empty;
      case "atom":
        return this.#state(charactersOf(tree.source, this.#flags));
      case "sequence":
        return tree.parts.reduce((before, part) => this.join(before, this.build(part)), empty);
      case "choice":
        return tree.parts.map((part) => this.build(part)).reduce(either);
      case "repeat":
        return this.#repeat(tree.part, tree.min, tree.max);
      default:
        return tree satisfies never;
    }
  }

  loopOfAny(): Fragment {
    return this.#loop(this.#state(anyCharacter));
  }

  /** One behind the other. */
  join(before: Fragment, after: Fragment): Fragment {
    this.#connect(before.last, after.first);
    return {
      first: before.isNullable ? [...before.first, ...after.first] : before.first,
      last: after.isNullable ? [...before.last, ...after.last] : after.last,
      isNullable: before.isNullable && after.isNullable,
    };
  }

  /** Whether two ways lead to one state by the same text; walks both at once. */
  isAmbiguous({ first }: Fragment): boolean {
    if (this.#hasTwoWays) return true;
    const seen = new Set<string>();
    const open = this.#pairs(first, first);
    for (let pair = open.pop(); pair; pair = open.pop()) {
      const [a, b] = pair;
      if (seen.has(`${a} ${b}`)) continue;
      if (seen.add(`${a} ${b}`).size > maxPairs) return true;
      const further = this.#pairs([...(this.#next[a] ?? [])], [...(this.#next[b] ?? [])]);
      if (a !== b && further.some(([left, right]) => left === right)) return true;
      open.push(...further);
    }
    return false;
  }

  /** States that one character may lead to at once. */
  #pairs(left: readonly number[], right: readonly number[]): [number, number][] {
    return left.flatMap((a) => right.filter((b) => this.#overlap(a, b)).map((b): [number, number] => [a, b]));
  }

  #overlap(a: number, b: number): boolean {
    const [left, right] = [this.#reads[a], this.#reads[b]];
    return left !== undefined && right !== undefined && overlap(left, right);
  }

  #repeat(part: Tree, min: number, max: number): Fragment {
    let all = empty;
    for (let count = 0; count < min && this.#reads.length <= maxPositions; count++)
      all = this.join(all, this.build(part));
    if (max === Infinity) return this.join(all, this.#loop(this.build(part)));
    // `a{0,2}` is `(a(a)?)?`: what is left out is left out at the end.
    let optional = empty;
    for (let count = min; count < max; count++) {
      optional = { ...this.join(this.build(part), optional), isNullable: true };
      if (this.#reads.length > maxPositions) return this.#tooLarge();
    }
    return this.join(all, optional);
  }

  #loop(part: Fragment): Fragment {
    this.#connect(part.last, part.first);
    return { ...part, isNullable: true };
  }

  #state(reads: Characters): Fragment {
    const state = this.#reads.push(reads) - 1;
    this.#next.push(new Set());
    return { first: [state], last: [state], isNullable: false };
  }

  #connect(from: readonly number[], to: readonly number[]): void {
    for (const state of from) {
      for (const next of to) {
        if (this.#next[state]?.has(next)) this.#hasTwoWays = true;
        this.#next[state]?.add(next);
      }
    }
  }

  #tooLarge(): Fragment {
    this.#hasTwoWays = true;
    return empty;
  }
}

function either(a: Fragment, b: Fragment): Fragment {
  const isNullable = a.isNullable || b.isNullable;
  return { first: [...a.first, ...b.first], last: [...a.last, ...b.last], isNullable };
}

/** Whether an expression matches at the start of a text only. */
function startsAnchored(tree: Tree): boolean {
  if (tree.kind === "start") return true;
  if (tree.kind === "choice") return tree.parts.every(startsAnchored);
  const [first] = tree.kind === "sequence" ? tree.parts : [];
  return first !== undefined && startsAnchored(first);
}

/** A loop over a character at the end of an expression never fails once it has enough of them. */
function endsOpen(tree: Tree): Tree {
  const last = tree.kind === "sequence" ? tree.parts.at(-1) : undefined;
  if (tree.kind !== "sequence" || last?.kind !== "repeat" || last.part.kind !== "atom") return tree;
  return { ...tree, parts: [...tree.parts.slice(0, -1), { ...last, max: last.min }] };
}
