"""The tables, in Markdown, as docs/performance.md has them."""

MIB = 1 << 20


def head(machine, version, digest):
    print(f"Machine: {machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}; "
          f"load at the start {machine['load_at_start']}. Program: {digest}.", flush=True)


def rates(cost, files, size):
    """files/s and MB/s by the wall, CPU s, wall s, peak, not read."""
    failed = "?" if cost["failed"] is None else cost["failed"]
    return (f"{files / cost['wall']:.0f} | {size / 1e6 / cost['wall']:.1f} | {cost['cpu']:.1f} | {cost['wall']:.1f} | "
            f"{cost['peak'] / MIB:.0f} | {failed}")


def peers(rows):
    print("\n| program | jobs | files | files/s | MB/s | CPU s | wall s | peak MiB | not read | CPU to vetmark | wall to vetmark |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        if "missing" in row:
            continue
        ours, anew, theirs, files, size = row["ours"], row["anew"], row["theirs"], row["files"], row["bytes"]
        print(f"| vetmark | {row['jobs']} | {files} | {rates(ours, files, size)} | | |")
        if anew != ours:
            print(f"| vetmark, copies examined | {row['jobs']} | {files} | {rates(anew, files, size)} | | |")
        print(f"| {row['peer']} | {row['jobs']} | {files} | {rates(theirs, files, size)} | "
              f"{ratio(row, 'cpu')} | {ratio(row, 'wall')} |")
        if start := theirs.get("start_cpu"):
            print(f"| … without its start | | | | | {theirs['cpu'] - start:.1f} | | | | {(theirs['cpu'] - start) / ours['cpu']:.2f} | |")
    print()
    for row in {row["peer"]: row for row in rows}.values():
        said = f"not measured: {row['missing']}" if "missing" in row else "; ".join(filter(None, (row["version"], row["note"])))
        print(f"- {row['peer']}: {said}.")


def ratio(row, of):
    """The peer's cost to vetmark's, and, where copies were known again, to vetmark's without that."""
    said = f"{row['theirs'][of] / row['ours'][of]:.2f}"
    return said if row["anew"] == row["ours"] else f"{said} ({row['theirs'][of] / row['anew'][of]:.2f})"


def scaling(entry, files, size):
    best, cpu = entry["best"], entry["cpu"]
    print("\n| examined in | jobs | files/s | MB/s | CPU s | wall s | peak MiB |\n|---|---|---|---|---|---|---|")
    for name, cost in best.items():
        way, jobs = name.split()
        print(f"| {way} | {jobs} | {files / cost['wall']:.0f} | {size / 1e6 / cost['wall']:.1f} | {cpu[name]:.1f} | "
              f"{cost['wall']:.1f} | {cost['peak'] / MIB:.0f} |")
    print(f"\nIsolation costs {cpu['process 1'] / cpu['thread 1'] - 1:+.1%} CPU with one worker, "
          f"{cpu['process 2'] / cpu['thread 2'] - 1:+.1%} with two. "
          f"Two workers are {best['process 1']['wall'] / best['process 2']['wall']:.2f} times one (processes), "
          f"{best['thread 1']['wall'] / best['thread 2']['wall']:.2f} (threads).")


def linear(costs):
    print("\n| files | CPU s | files per CPU s | wall s | peak MiB |\n|---|---|---|---|---|")
    for cost in costs:
        print(f"| {cost['files']} | {cost['cpu']:.1f} | {cost['files'] / cost['cpu']:.1f} | {cost['wall']:.1f} | {cost['peak'] / MIB:.0f} |")
    few, many = (cost["files"] / cost["cpu"] for cost in costs)
    print(f"\nThroughput of the large folder to the small one: {many / few:.3f}.")


def memory(rows):
    print("\n| terms | peak MiB of all processes | CPU s |\n|---|---|---|")
    for count, cost in rows:
        print(f"| {count} | {cost['peak'] / MIB:.0f} | {cost['cpu']:.1f} |")


def start(entry):
    print("\n| one tiny file, examined in | CPU ms | wall ms, median | wall ms, least |\n|---|---|---|---|")
    for way in ("process", "thread"):
        cost = entry[way]
        print(f"| {way} | {cost['cpu'] * 1e3:.0f} | {cost['wall'] * 1e3:.0f} | {cost['least'] * 1e3:.0f} |")
