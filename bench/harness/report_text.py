"""The report as text: a table a suite, ratios against its reference."""

from .measure import metric, ratio, troubles

UNITS = {"cpu": "processor time of the whole process",
         "region": "processor time of the region of interest",
         "wall": "time from start to exit",
         "instructions": "instructions under the emulator",
         "code": "bytes of code", "loaded": "bytes without symbols",
         "build": "processor time of building"}


def cells(rows):
    """Columns as wide as they need to be, the first to the left."""
    widths = [max(len(row[column]) for row in rows)
              for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths))).rstrip()


def amount(value, name):
    if value is None:
        return "-"
    if name in ("cpu", "region", "wall", "build"):
        return f"{value:.3f} s" if value >= 0.1 else f"{value * 1e3:.2f} ms"
    return f"{value:,.0f}"


def mark(result):
    return {"not built": "no build", "failed": "FAILED",
            "differs": "DIFFERS"}.get(result.get("state"), "-")


def programs(suite, name):
    """The table of one metric, with the largest spread of each row."""
    reference = suite["reference"]
    others = [one for one in suite["contenders"] if one != reference]
    rows = [["", reference, *others]]
    timed = name in ("cpu", "region", "wall")
    if timed:
        rows[0].append("spread")
    for row in suite["programs"]:
        results = row["results"]
        line = [row["name"]]
        own = metric(results.get(reference, {}), name)
        line.append(amount(own, name) if own is not None
                    else mark(results.get(reference, {})))
        for one in others:
            value = ratio(row, one, reference, name)
            line.append(f"{value:.2f}" if value else
                        mark(results.get(one, {})))
        if timed:
            line.append(f"{100 * spread(results, name):.0f}%")
        rows.append(line)
    means = suite["geomeans"][name]
    if means:
        rows.append(["geomean", ""] + [
            f"{means[one]['geomean']:.3f}" if one in means else "-"
            for one in others] + [""] * timed)
    return list(cells(rows))


def spread(results, name):
    found = []
    for result in results.values():
        part = (result.get("phases", {}).get("region_cpu") if name == "region"
                else result.get(name))
        if part:
            found.append(part["spread"])
    return max(found, default=0.0)


def phases(suite):
    """Seconds of each phase, summed over the programs that all of them ran."""
    names = ("start", "initialise", "region", "end")
    shared = [row for row in suite["programs"] if all(
        result["state"] == "ok" and set(names) <= set(result.get("phases", {}))
        for result in row["results"].values())]
    if not shared:
        return []
    rows = [["", *names]]
    for one in suite["contenders"]:
        if all(one in row["results"] for row in shared):
            rows.append([one] + [amount(sum(
                row["results"][one]["phases"][name]["median"]
                for row in shared), "wall") for name in names])
    return [f"phases, real time, sum over {len(shared)} programs:",
            *cells(rows)]


def table(suite):
    """Suites that are tables already: a title, columns, rows of text."""
    lines = [suite["title"], *cells([suite["columns"], *suite["rows"]])]
    for one in suite["troubles"]:
        lines.append(f"FAILED: {one['program']}, {one['contender']}: "
                     + "\n    ".join(one["detail"].splitlines()[:6]))
    return lines


def told(suite):
    """What went wrong, once for all contenders that it happened to."""
    shared = {}
    for one, program, state, detail in troubles(suite):
        shared.setdefault((program, state, detail), []).append(one)
    for (program, state, detail), names in shared.items():
        lines = detail.splitlines() or [""]
        more = ["…"] if len(lines) > 6 else []
        yield f"{state.upper()}: {program}, {', '.join(names)}: " + (
            "\n    ".join(lines[:6] + more))


def report(results):
    machine = results["machine"]
    lines = [f"{machine['cpu']}, {machine['cores']} cores, {machine['system']}",
             "instructions and sizes under qemu-user for "
             f"{results['options']['target']}, no times; lower is better"
             if results["options"]["emulated"] else
             f"{results['options']['repeats']} repeats; lower is better"]
    for name, what in results["contenders"].items():
        lines.append(f"  {name}: {what}")
    for name, lacking in results["missing"].items():
        lines.append(f"  {name}: missing here ({lacking})")
    for suite in results["suites"]:
        lines += ["", f"== {suite['name']}"]
        if suite["kind"] == "table":
            lines += table(suite)
            continue
        for name in results["options"]["metrics"]:
            if suite["geomeans"].get(name):
                lines += [f"{UNITS[name]}, relative to {suite['reference']}:",
                          *programs(suite, name), ""]
        lines += phases(suite)
        lines += told(suite)
    return "\n".join(lines)
