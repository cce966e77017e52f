#!/usr/bin/env python3
"""programs.py TERMS WORKERS SEARCH FOLDER...: pdftotext for PDF, docx2txt for DOCX, texts as they are; then one run of
SEARCH (grep or rg) with the terms over all the texts. Says on standard error how many files failed."""
import concurrent.futures, json, os, subprocess, sys, tempfile

COMMANDS = {".pdf": ["pdftotext", "-q"], ".docx": ["docx2txt"]}
SEARCHES = {
    "grep": ["grep", "-r", "-a", "-F", "-b", "-o", "-f"],
    "rg": ["rg", "--no-config", "-a", "-F", "-b", "-o", "-f"],
}


def main():
    terms, workers, search, folders = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]
    paths = sorted(os.path.join(room, name) for folder in folders for room, _, names in os.walk(folder) for name in names)
    with tempfile.TemporaryDirectory() as out:
        def convert(numbered):
            number, path = numbered
            target = os.path.join(out, f"{number}.txt")
            command = COMMANDS.get(os.path.splitext(path)[1].lower())
            if command is None:
                os.symlink(path, target)
                return True
            return subprocess.run(
                [*command, path, target], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            ).returncode == 0

        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            read = list(pool.map(convert, enumerate(paths)))
        texts = [entry.path for entry in os.scandir(out)]
        # The C locale compares bytes: anything else makes grep many times slower.
        environment = {**os.environ, "LC_ALL": "C"}
        jobs = [f"-j{workers}"] if search == "rg" else []
        for begin in range(0, len(texts), 2000):
            subprocess.run([*SEARCHES[search], terms, *jobs, "--", *texts[begin:begin + 2000]], env=environment)
    print("\ntally " + json.dumps({"failed": read.count(False)}), file=sys.stderr)


main()
