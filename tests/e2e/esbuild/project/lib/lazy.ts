export const answer = (n: number): number => (debug(`scaled ${n}`), Math.round(n) | 0);

function debug(message: string) {
  if (DEBUG) console.debug(message);
}
declare const DEBUG: boolean;
