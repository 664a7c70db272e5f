// The entry: pulls in every kind of file that the bundler treats differently.
import { Inventory, type Item } from "./lib/inventory";
import { formatTable } from "./lib/format";
import settings from "./lib/settings.json";
import { Panel } from "./lib/panel";
import * as geometry from "./lib/geometry";
import "./lib/style.css";

const enum Level {
  Quiet = 1 << 0,
  Normal = 1 << 1,
  Loud = Quiet | Normal,
}

declare const process: { argv: string[] } | undefined;

async function* countdown(from: number): AsyncGenerator<number> {
  for (let i = from; i > 0; i--) yield i;
}

export async function run(names: readonly string[]): Promise<number> {
  const inventory = new Inventory<Item>(settings.capacity ?? 10);
  for (const [index, name] of names.entries())
    inventory.add({ name, price: index * 1.25 + 0.1, tags: new Set([name[0]]) });
  const { total, ...rest } = inventory.summary();
  console.log(formatTable(inventory.items()), total, rest, Level.Loud);
  console.log(geometry.area({ kind: "circle", radius: 2 }), geometry.origin?.x);
  console.log(Panel({ title: "Überschrift 🎉", items: [...names] }));
  for await (const n of countdown(3)) console.log(`in ${n}…`);
  const lazy = await import("./lib/lazy");
  return lazy.answer(total ** 2);
}

run(process?.argv.slice(2) ?? ["hammer", "anvil", "tongs"]).catch((e: unknown) => {
  console.error(e instanceof Error ? e.message : String(e));
});
