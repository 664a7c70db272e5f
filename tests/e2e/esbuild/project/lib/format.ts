import type { Item } from "./inventory";
import { clamp } from "./geometry";

const pad = (text: string, width: number): string => text.padEnd(clamp(width, 1, 40));
const pattern = /^(?<head>[a-z]+)[-_ ]?(?<tail>\p{L}*)$/u;

export function formatTable(items: Item[]): string {
  const width = Math.max(...items.map(({ name }) => name.length)) + 2;
  const rows = items.map((item, index) => {
    const { head = "?", tail = "" } = pattern.exec(item.name)?.groups ?? {};
    return `${String(index).padStart(3, "0")} ${pad(head + tail, width)}${item.price.toFixed(2)}`;
  });
  switch (rows.length) {
    case 0:
      return "(empty)";
    case 1:
      return rows[0]!;
    default:
      return rows.join("\n");
  }
}
