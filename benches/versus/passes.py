#!/usr/bin/env python3
"""vetmark against another program that reads a folder: CPU seconds of each further pass over the same files.

usage: passes.py --vetmark BIN --against 'COMMAND with {DIR}' [--passes N] FOLDER...

Each folder's files are copied once and N + 1 times; what the N further copies cost, divided by N, is the cost of a pass
with everything warm (a virtual machine's compiler, the page cache) and without any start. vetmark runs `scan --jobs 1`,
which reads, searches and judges. Files that vetmark says are encrypted are left out: it tries passwords, which costs by
design. Apache Tika in one warm JVM: any class that sends the files of a folder through AutoDetectParser on one thread.
"""
import argparse, json, os, resource, shlex, shutil, subprocess, tempfile


def cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def spent(command):
    before = cpu()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, timeout=600)
    return cpu() - before


def readable(vetmark, folder):
    """The files of a folder but for expected texts and what is encrypted."""
    files = sorted(e.path for e in os.scandir(folder) if e.is_file() and not e.name.endswith(".expected.txt"))
    out = subprocess.run([vetmark, "scan", "--format", "ndjson", *files], capture_output=True, check=False).stdout
    locked = {json.loads(line)["source"] for line in out.splitlines() if b'"gap.encrypted"' in line}
    return [path for path in files if path not in locked]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vetmark", default="vetmark")
    parser.add_argument("--against", required=True)
    parser.add_argument("--passes", type=int, default=10)
    parser.add_argument("folders", nargs="+")
    args = parser.parse_args()
    print(f"{'folder':12} {'files':>5} {'other s':>9} {'vetmark s':>10} {'ratio':>7}")
    for folder in args.folders:
        files = readable(args.vetmark, folder)
        cost = {}
        for copies in (1, args.passes + 1):
            with tempfile.TemporaryDirectory() as room:
                for copy in range(copies):
                    for path in files:
                        shutil.copyfile(path, os.path.join(room, f"{copy}_{os.path.basename(path)}"))
                other = [word.replace("{DIR}", room) for word in shlex.split(args.against)]
                ours = [args.vetmark, "scan", "--jobs", "1", "--format", "ndjson", room]
                cost[copies] = spent(other), spent(ours)
        other, ours = ((cost[args.passes + 1][i] - cost[1][i]) / args.passes for i in (0, 1))
        name = os.path.basename(folder.rstrip("/"))
        print(f"{name:12} {len(files):5} {other:9.3f} {ours:10.3f} {other / max(ours, 1e-4):7.1f}", flush=True)


main()
