/** `1 span`, `2 spans`. */
export function numbered(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}
