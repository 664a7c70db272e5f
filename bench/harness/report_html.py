"""The report as one page that needs nothing else: tables, and charts in SVG."""

import html

from .measure import metric, ratio, troubles
from .report_text import UNITS, amount, mark, spread

COLOURS = ("#1f4e8c", "#d9822b", "#f2b872", "#3a8f5c", "#8ec9a3", "#9a5fb4",
           "#c9a3d9", "#b03a48", "#e08a94", "#6b6b6b", "#a8a8a8", "#2a9d9d",
           "#8a6d3b", "#c2b280")
WIDTH, LABEL, BAR, GAP = 860, 150, 11, 8
STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; max-width: 920px; margin: 2em auto;
       padding: 0 1em; color: #222; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums;
        font-size: 13px; display: block; overflow-x: auto; }
td, th { padding: 2px 9px; text-align: right; border-bottom: 1px solid #e4e4e4; }
td:first-child, th:first-child { text-align: left; }
svg { max-width: 100%; height: auto; } 
svg text { font: 11px system-ui, sans-serif; paint-order: stroke; stroke: #fff;
           stroke-width: 3px; }
.bad { color: #b00020; font-weight: bold; } pre { white-space: pre-wrap; }
.key span { display: inline-block; margin-right: 1.2em; }
.key i { display: inline-block; width: 11px; height: 11px; margin-right: 5px; }
"""


def escape(value):
    return html.escape(str(value))


def colour(names, name):
    """The same one all over the page."""
    if name not in names:
        names.append(name)
    return COLOURS[names.index(name) % len(COLOURS)]


def key(names, shown):
    parts = [f'<span><i style="background:{colour(names, name)}"></i>'
             f'{escape(name)}</span>' for name in shown]
    return f'<p class="key">{"".join(parts)}</p>'


def label(x, y, text, anchor="start"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
            f'{escape(text)}</text>')


def bars(groups, names, show, line=None, most=None):
    """groups: (title, [(contender, value)]). A line marks one value; bars longer
    than most are cut, and say how long they are."""
    values = [value for _, group in groups for _, value in group]
    if not values:
        return ""
    most = min(max(values), most or max(values)) or 1
    room = WIDTH - LABEL - 90
    height = sum(BAR * len(group) + GAP for _, group in groups) + 4
    parts, y = [], 4
    if line is not None and line <= most:
        x = LABEL + room * line / most
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height}" '
                     'stroke="#222" stroke-dasharray="3 3"/>')
    for title, group in groups:
        parts.append(label(LABEL - 8, y + BAR * max(len(group), 1) / 2 + 4,
                           title, "end"))
        for name, value in group:
            length = max(room * min(value, most) / most, 1)
            parts.append(
                f'<rect x="{LABEL}" y="{y}" width="{length:.1f}" height="{BAR - 1}"'
                f' fill="{colour(names, name)}"><title>{escape(title)}, '
                f'{escape(name)}: {escape(show(value))}</title></rect>')
            more = " …" if value > most else ""
            parts.append(label(LABEL + length + 4, y + BAR - 2,
                               show(value) + more))
            y += BAR
        y += GAP
    return (f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
            f'height="{height}" '
            f'role="img">{"".join(parts)}</svg>')


def scatter(points, names, across, up):
    """points: (contender, x, y); both axes begin at 0."""
    if not points:
        return ""
    height, left, bottom = 360, 60, 40
    widest = max(x for _, x, _ in points) * 1.15
    highest = max(y for _, _, y in points) * 1.15
    place = lambda x, y: (left + (WIDTH - left - 120) * x / widest,
                          height - bottom - (height - bottom - 10) * y / highest)
    x0, y0 = place(0, 0)
    x1, y1 = place(widest, highest)
    parts = [f'<path d="M{x0:.0f} {y1:.0f}V{y0:.0f}H{x1:.0f}" fill="none" '
             'stroke="#888"/>']
    for part in range(5):
        x, _ = place(widest * part / 4, 0)
        _, y = place(0, highest * part / 4)
        parts.append(label(x, y0 + 15, f"{widest * part / 4:.2f}", "middle"))
        parts.append(label(x0 - 5, y + 4, f"{highest * part / 4:.2f}", "end"))
    parts.append(label((x0 + x1) / 2, height - 6, across, "middle"))
    parts.append(label(x0 + 6, 12, up))
    for name, x, y in points:
        px, py = place(x, y)
        parts.append(f'<circle cx="{px:.1f}" cy="{py:.1f}" r="5" '
                     f'fill="{colour(names, name)}"/>')
        parts.append(label(px + 8, py + 4, name))
    return (f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
            f'height="{height}" role="img">{"".join(parts)}</svg>')


def table(rows):
    head, *body = rows
    lines = ["<tr>" + "".join(f"<th>{escape(cell)}</th>" for cell in head)
             + "</tr>"]
    for row in body:
        lines.append("<tr>" + "".join(
            f'<td class="bad">{escape(cell)}</td>'
            if cell in ("DIFFERS", "FAILED") else f"<td>{escape(cell)}</td>"
            for cell in row) + "</tr>")
    return f"<table>{''.join(lines)}</table>"


def ratio_table(suite, name):
    reference = suite["reference"]
    others = [one for one in suite["contenders"] if one != reference]
    timed = name in ("cpu", "region", "wall")
    rows = [["", reference, *others] + ["spread"] * timed]
    for row in suite["programs"]:
        results = row["results"]
        own = metric(results.get(reference, {}), name)
        line = [row["name"], amount(own, name) if own is not None
                else mark(results.get(reference, {}))]
        for one in others:
            value = ratio(row, one, reference, name)
            line.append(f"{value:.2f}" if value else mark(results.get(one, {})))
        rows.append(line + [f"{100 * spread(results, name):.0f}%"] * timed)
    means = suite["geomeans"][name]
    rows.append(["geomean", ""] + [
        f"{means[one]['geomean']:.3f}" if one in means else "-"
        for one in others] + [""] * timed)
    return table(rows)


def program_suite(suite, palette):
    reference, names = suite["reference"], suite["contenders"]
    parts = [f"<h2>{escape(suite['name'])}</h2>"]
    # A static program's code is all its library's: sizes have a suite.
    shown = [name for name in ("cpu", "region", "instructions")
             if suite["geomeans"].get(name)]
    for name in shown:
        means = suite["geomeans"][name]
        others = [one for one in names if one != reference and one in means]
        parts.append(f"<h3>{escape(UNITS[name])}, relative to "
                     f"{escape(reference)}</h3>" + key(palette, others))
        groups = [("geomean", [(one, means[one]["geomean"]) for one in others])]
        for row in suite["programs"]:
            groups.append((row["name"], [
                (one, ratio(row, one, reference, name)) for one in others
                if ratio(row, one, reference, name)]))
        parts.append(bars(groups, palette, lambda value: f"{value:.2f}", 1.0,
                          4.0))
        parts.append("<details><summary>Table</summary>"
                     + ratio_table(suite, name) + "</details>")
    build, speed = suite["geomeans"]["build"], suite["geomeans"]["cpu"]
    points = [(one, build[one]["geomean"], speed[one]["geomean"])
              for one in names if one in build and one in speed]
    if points:
        parts.append("<h3>Building against running</h3>" + scatter(
            points, palette, f"processor time of building, {reference} = 1",
            f"processor time of running, {reference} = 1"))
    bad = [f"{state.upper()}: {program}, {one}: {detail[:400]}"
           for one, program, state, detail in troubles(suite)]
    if bad:
        parts.append('<h3 class="bad">What differs or failed</h3><pre>'
                     + escape("\n".join(bad)) + "</pre>")
    return "".join(parts)


def number(value):
    """What a table's figure is drawn as, or None."""
    if isinstance(value, dict):
        value = value.get("median")
    return value if isinstance(value, (int, float)) else None


def table_suite(suite, palette):
    parts = [f"<h2>{escape(suite['name'])}</h2><p>{escape(suite['title'])}</p>"]
    names = [name for name in suite["columns"] if name]
    if suite["name"] == "compile":
        for module, figures in suite["figures"].items():
            groups = [(name, [(name, figure["cpu"]["median"])])
                      for name, figure in figures.items()
                      if isinstance(figure, dict)]
            parts.append(f"<h3>{escape(module)}: processor seconds</h3>" + bars(
                groups, palette, lambda value: f"{value:.2f} s"))
    elif "unit" in suite:
        unit = suite["unit"]
        show = {"s": lambda value: f"{value * 1e6:,.0f} us",
                "KiB": lambda value: f"{value:,} KiB"}.get(
                    unit, lambda value: f"{value:,}")
        for row, figures in suite["figures"].items():
            group = [(name, [(name, number(figures[name]))]) for name in names
                     if number(figures.get(name)) is not None]
            least = min((one[0][1] for _, one in group), default=1) or 1
            parts.append(f"<h3>{escape(row)}</h3>"
                         + bars(group, palette, show, most=least * 40))
    parts.append(table([suite["columns"], *suite["rows"]]))
    if suite["troubles"]:
        parts.append('<h3 class="bad">Failed</h3><pre>' + escape("\n".join(
            f"{one['program']}, {one['contender']}: {one['detail'][:400]}"
            for one in suite["troubles"])) + "</pre>")
    return "".join(parts)


def page(results):
    machine, options = results["machine"], results["options"]
    who = table([["", "version"]] + [
        [name, what] for name, what in results["contenders"].items()] + [
        [name, f"missing here: {lacking}"]
        for name, lacking in results["missing"].items()])
    palette = list(results["contenders"])
    body = "".join(
        table_suite(suite, palette) if suite["kind"] == "table"
        else program_suite(suite, palette) for suite in results["suites"])
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Wrought benchmark</title><style>{STYLE}</style></head><body>"
        f"<h1>Wrought benchmark</h1><p>{escape(machine['cpu'])}, "
        f"{machine['cores']} cores, {escape(machine['system'])}; "
        f"{escape(results['date'])}; {options['repeats']} repeats, size "
        f"{escape(options['size'])}"
        + (f", target {escape(options['target'])} under qemu-user: instructions, "
           "no times" if options["emulated"] else "")
        + f". Lower is better.</p>{who}{body}</body></html>\n")
