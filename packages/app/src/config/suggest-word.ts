/** The word of a list that a mistyped one was probably meant to be: at most a third of its characters differ. */
export function suggestWord(typed: string, words: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(typed.length / 3)) + 1;
  for (const word of words) {
    const distance = editDistance(typed, word);
    if (distance >= least) continue;
    least = distance;
    best = word;
  }
  return best;
}

/** Levenshtein's distance: how many characters have to be inserted, removed or replaced. */
function editDistance(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const replaced = Number(previous[column - 1]) + (one[row - 1] === other[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, Number(previous[column]) + 1, Number(current[column - 1]) + 1));
    }
    previous = current;
  }
  return Number(previous.at(-1));
}
