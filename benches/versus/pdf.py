#!/usr/bin/env python3
"""vetmark against other readers of PDF, in one run over one folder.

usage: pdf.py [--vetmark BIN] [--venv DIR] [--show N] FOLDER...

Needs pdftotext (Debian: poppler-utils); installs pypdfium2 and kreuzberg into a virtual environment at the first run.
Prints CPU seconds, and how far the texts agree: F1 over the multiset of characters after NFKC, white space and
control characters left out, so that order does not matter. Pages alone are compared: regions that stand on them.
pdftotext and vetmark run once for each file, start included; the libraries read all files in one process, start left
out. Agreement is given over the files on which pdftotext and PDFium agree with each other (F1 of at least .95).
"""
import argparse, collections, json, os, resource, subprocess, sys, time, unicodedata

PEERS = ["pypdfium2", "kreuzberg"]
ON_PAGE = {"body", "header", "footer", "watermark", "cell", "note", "annotation", "form_field", "hidden"}
HAN = range(0x2E80, 0xA000)


def cpu(who=resource.RUSAGE_CHILDREN):
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def letters(text):
    text = unicodedata.normalize("NFKC", text)
    # A character a reader cannot tell is not there, whatever stands in its place.
    return collections.Counter(c for c in text if not c.isspace() and unicodedata.category(c)[0] != "C" and c != "\ufffd")


def f1(a, b):
    if not a and not b:
        return 1.0
    common = sum((a & b).values())
    return 2 * common / (sum(a.values()) + sum(b.values()))


def run(command):
    try:
        return subprocess.run(command, capture_output=True, timeout=120).stdout.decode("utf8", "replace")
    except subprocess.TimeoutExpired:
        return ""


def of_program(command, files, read=lambda out: out):
    before, texts = cpu(), []
    for file in files:
        texts.append(run([part.replace("{}", file) for part in command]))
    return cpu() - before, [read(text) for text in texts]


def pages(out):
    """The lines on the pages, from `vetmark text --format json`: of the file itself, not of what is packed in it."""
    for line in out.splitlines():
        part = json.loads(line)
        return "\n".join(b["text"] for b in part["lines"] if b["region"] in ON_PAGE and b.get("line"))
    return ""


def worker(name):
    """Reads file names, writes one JSON string a line: CPU seconds so far and the text."""
    if name == "kreuzberg":
        from kreuzberg import extract_file_sync
        read = lambda path: extract_file_sync(path).content
    else:
        import pypdfium2

        def read(path):
            document = pypdfium2.PdfDocument(path)
            try:
                document.init_forms()
            except Exception:
                pass
            texts = []
            for page in document:
                text = page.get_textpage()
                texts.append(text.get_text_range())
                text.close(), page.close()
            document.close()
            return "\n".join(texts)
    out = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    start = cpu(resource.RUSAGE_SELF)
    for line in sys.stdin:
        try:
            text = read(line.rstrip("\n"))
        except Exception:
            text = ""
        print(json.dumps([cpu(resource.RUSAGE_SELF) - start, text]), file=out, flush=True)


def of_library(python, name, files):
    spent, texts = 0.0, []
    process = None
    for file in files:
        if process is None:
            process = subprocess.Popen([python, __file__, "--worker", name], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            base = spent
        process.stdin.write(file + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if line:
            used, text = json.loads(line)
            spent = base + used
        else:  # It crashed on the file.
            text, process = "", None
        texts.append(text)
    if process:
        process.stdin.close()
        process.wait()
    return spent, texts


def environment(folder):
    python = os.path.join(folder, "bin", "python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS], check=True)
    return python


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("--vetmark", default="target/release/vetmark")
    ask.add_argument("--venv", default=os.path.expanduser("~/.cache/vetmark/versus"))
    ask.add_argument("--show", type=int, default=10)
    ask.add_argument("folders", nargs="+", metavar="FOLDER")
    given = ask.parse_args()
    python = environment(given.venv)
    files = sorted(os.path.join(d, n) for f in given.folders for d, _, ns in os.walk(f) for n in ns
                   if n.lower().endswith(".pdf"))
    print(f"{len(files)} files, {sum(os.path.getsize(f) for f in files) / 1e6:.1f} MB")
    rows = {}
    rows["pdftotext"] = of_program(["pdftotext", "-q", "{}", "-"], files)
    # Timed as a person runs it, then once more for where the text stands.
    spent, _ = of_program([given.vetmark, "text", "{}"], files)
    _, texts = of_program([given.vetmark, "text", "--format", "json", "{}"], files, pages)
    rows["vetmark"] = spent, texts
    for name in PEERS:
        rows[name] = of_library(python, name, files)
    counted = {name: [letters(text) for text in texts] for name, (_, texts) in rows.items()}
    poppler, pdfium = counted["pdftotext"], counted["pypdfium2"]
    agreed = [at for at in range(len(files)) if sum(poppler[at].values()) >= 20 and f1(poppler[at], pdfium[at]) >= 0.95]
    cjk = [at for at in agreed if sum(n for c, n in poppler[at].items() if ord(c) in HAN) * 4 > sum(poppler[at].values())]
    base = rows["pdftotext"][0]
    print(f"agreed {len(agreed)} files, of them CJK {len(cjk)}\n")
    print(f"{'reader':12} {'CPU s':>8} {'ratio':>6} {'empty':>6} {'with pdftotext':>15} {'with PDFium':>12} {'CJK, better':>12} {'< .98':>6}")
    for name, (spent, _) in rows.items():
        own = counted[name]
        mean = lambda values: sum(values) / max(1, len(values))
        best = [max(f1(own[at], poppler[at]), f1(own[at], pdfium[at])) for at in agreed]
        with_poppler = mean([f1(own[at], poppler[at]) for at in agreed])
        with_pdfium = mean([f1(own[at], pdfium[at]) for at in agreed])
        in_cjk = mean([max(f1(own[at], poppler[at]), f1(own[at], pdfium[at])) for at in cjk])
        empty = sum(not own[at] for at in agreed)
        print(f"{name:12} {spent:8.2f} {spent / base:6.2f} {empty:6} {with_poppler:15.4f} {with_pdfium:12.4f} {in_cjk:12.4f} {sum(b < 0.98 for b in best):6}")
    low = sorted((max(f1(counted["vetmark"][at], poppler[at]), f1(counted["vetmark"][at], pdfium[at])), at) for at in agreed)
    print("\nlowest of vetmark: F1 with the nearer of the two, characters of vetmark and of pdftotext")
    for value, at in low[:given.show]:
        print(f"  {value:.3f} {sum(counted['vetmark'][at].values()):7} {sum(poppler[at].values()):7}  {os.path.basename(files[at])}")


if __name__ == "__main__":
    worker(sys.argv[2]) if sys.argv[1:2] == ["--worker"] else main()
