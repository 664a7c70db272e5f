// Imports format's user in a cycle: module order has to come out the same.
import { formatTable } from "./format";

export type Shape =
  | { kind: "circle"; radius: number }
  | { kind: "rectangle"; width: number; height: number };

export namespace units {
  export const metre = 1;
  export const foot = 0.3048 * metre;
}

export const origin = { x: 0, y: 0 } as const satisfies Record<string, number>;
export const clamp = (v: number, lo: number, hi: number) => (v < lo ? lo : v > hi ? hi : v);

export function area(shape: Shape): number {
  switch (shape.kind) {
    case "circle":
      return Math.PI * shape.radius ** 2 * units.metre;
    case "rectangle":
      return shape.width * shape.height;
  }
}

export const describe = (shape: Shape) =>
  formatTable([{ name: shape.kind, price: area(shape) || 0x7fff_ffff }]);
