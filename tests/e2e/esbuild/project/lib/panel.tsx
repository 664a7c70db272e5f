/** @jsx h */
/** @jsxFrag Fragment */
type Child = string | number | Child[];
const Fragment = "fragment";
const h = (tag: string, props: Record<string, unknown> | null, ...children: Child[]): string =>
  `<${tag}${Object.entries(props ?? {})
    .map(([k, v]) => ` ${k}="${v}"`)
    .join("")}>${children.flat().join("")}</${tag}>`;

export function Panel({ title, items }: { title: string; items: string[] }) {
  return (
    <>
      <h1 class="title">{title}</h1>
      {items.map((item, key) => (
        <li key={key} data-first={key === 0}>
          {item} &amp; more
        </li>
      ))}
    </>
  ) as unknown as string;
}
