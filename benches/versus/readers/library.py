#!/usr/bin/env python3
"""library.py LIBRARY TERMS WORKERS FOLDER...: what somebody would write in Python: a library that reads, pyahocorasick
that finds. Prints a line for each find: file, place, term. Says on standard error how many files failed."""
import json, multiprocessing, os, sys, time

LIBRARY, TERMS, WORKERS = sys.argv[1], sys.argv[2], int(sys.argv[3])


def reader():
    """A function from a path to a text."""
    if LIBRARY == "xberg":
        import asyncio, xberg
        settings, loop = xberg.ExtractionConfig(disable_ocr=True, use_cache=False), asyncio.new_event_loop()

        def read(path):
            result = loop.run_until_complete(xberg.extract(xberg.ExtractInput(kind="uri", uri=path), settings))
            if result.errors:
                raise ValueError(result.errors[0].message)
            return "\n".join(document.content for document in result.results)
    elif LIBRARY == "pypdfium2":
        import pypdfium2

        def read(path):
            document = pypdfium2.PdfDocument(path)
            try:
                return "\f".join(page.get_textpage().get_text_bounded() for page in document)
            finally:
                document.close()
    else:
        sys.exit(f"unknown library {LIBRARY}")
    return read


def matcher():
    import ahocorasick
    automaton = ahocorasick.Automaton()
    with open(TERMS, encoding="utf8") as lines:
        for line in lines:
            automaton.add_word(line.rstrip("\n"), line.rstrip("\n"))
    automaton.make_automaton()
    return automaton


def work(paths):
    """Reads and searches; returns how many files failed, and the processor seconds until the first was begun."""
    read, automaton, failed = reader(), matcher(), 0
    start = time.process_time()
    for path in paths:
        try:
            text = read(path)
        except BaseException as error:  # A panic of a library in Rust is no Exception.
            if isinstance(error, KeyboardInterrupt):
                raise
            failed += 1
            continue
        sys.stdout.write("".join(f"{path}\t{end}\t{term}\n" for end, term in automaton.iter(text)))
    sys.stdout.flush()
    return failed, start


def main():
    paths = sorted(os.path.join(room, name) for folder in sys.argv[4:] for room, _, names in os.walk(folder) for name in names)
    if WORKERS == 1:
        done = [work(paths)]
    else:
        with multiprocessing.get_context("spawn").Pool(WORKERS) as pool:
            done = pool.map(work, [paths[number::WORKERS] for number in range(WORKERS)])
    tally = {"failed": sum(failed for failed, _ in done), "start_cpu": sum(start for _, start in done)}
    print("\ntally " + json.dumps(tally), file=sys.stderr)


if __name__ == "__main__":
    main()
