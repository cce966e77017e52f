"""What one run of a command costs: processor time, wall time and memory of all its processes.

Processor time is what the system accounts for the command and everything it started (`getrusage` of waited-for
children; orphans come to us as their reaper, so that nobody's time is lost). Memory is sampled ten times a second from
/proc: proportional set sizes (`smaps_rollup`: a page shared by two processes counts half in each) added over the tree
of processes; processes that live shorter than that are seen through the largest resident set the system remembers.
"""
import ctypes, json, os, resource, subprocess, threading, time

INTERVAL = 0.1
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER, prctl(2)


class Cost:
    """Seconds, bytes, the exit status, and the last part of what was said on standard error."""

    def __init__(self, cpu, wall, peak, status, lines, said):
        self.cpu, self.wall, self.peak, self.status, self.lines, self.said = cpu, wall, peak, status, lines, said

    def record(self):
        return {name: round(value, 4) if isinstance(value, float) else value for name, value in vars(self).items()}


def run(command, environment=None, timeout=900):
    """Runs a command to its end and says what it cost. Its output is counted by lines and thrown away."""
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    before, start = _spent(), time.monotonic()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, **(environment or {})}, start_new_session=True,
    )
    watch = _Watch(process.pid)
    said = _Tail(process.stderr)
    late = threading.Timer(timeout, process.kill)
    late.start()
    lines = 0
    while block := process.stdout.read(1 << 20):
        lines += block.count(b"\n")
    process.wait()
    late.cancel()
    wall = time.monotonic() - start
    _reap()
    peak = max(watch.end(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10 if watch.short else 0)
    return Cost(_spent() - before, wall, peak, process.returncode, lines, said.end())


def _spent():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _reap():
    """Waits for what the command left behind."""
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


class _Tail(threading.Thread):
    """Reads a stream to its end and keeps the last of it."""

    def __init__(self, stream):
        super().__init__(daemon=True)
        self.stream, self.last = stream, b""
        self.start()

    def run(self):
        while block := self.stream.read1(1 << 16):
            self.last = (self.last + block)[-4096:]

    def end(self):
        self.join(10)
        return self.last.decode("utf8", "replace")


class _Watch(threading.Thread):
    """Samples the memory of a process and all below it."""

    def __init__(self, root):
        super().__init__(daemon=True)
        self.root, self.peak, self.samples, self.ended = root, 0, 0, threading.Event()
        self.start()

    @property
    def short(self):
        """Whether it ended before it was seen often enough."""
        return self.samples < 3

    def run(self):
        while not self.ended.wait(INTERVAL):
            total = sum(_proportional(pid) for pid in _tree(self.root))
            self.peak, self.samples = max(self.peak, total), self.samples + 1

    def end(self):
        self.ended.set()
        self.join()
        return self.peak


def _tree(root):
    found, to_see = [], [str(root)]
    while to_see:
        pid = to_see.pop()
        found.append(pid)
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/children") as children:
                    to_see.extend(children.read().split())
        except OSError:
            pass  # It has just ended.
    return found


def _proportional(pid):
    try:
        with open(f"/proc/{pid}/smaps_rollup") as rollup:
            for line in rollup:
                if line.startswith("Pss:"):
                    return int(line.split()[1]) << 10
    except OSError:
        pass
    return 0


def machine():
    """The processor, its cores, the memory and the system, as the tables name them."""
    with open("/proc/cpuinfo") as lines:
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown")
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / (1 << 30)
    name = os.uname()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return {"processor": model, "cores": len(os.sched_getaffinity(0)), "memory_gib": round(memory),
            "system": f"{name.sysname} {name.release}", "load_at_start": load}


class Results:
    """What was measured, one JSON object a line, so that a run that was stopped goes on where it was."""

    def __init__(self, path):
        self.path, self.known = path, {}
        if os.path.exists(path):
            with open(path, encoding="utf8") as lines:
                for line in lines:
                    entry = json.loads(line)
                    self.known[entry["key"]] = entry

    def of(self, key, measure):
        """The entry of a key, measured now if it is not known."""
        if key not in self.known:
            entry = {"key": key, "at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), **measure()}
            with open(self.path, "a", encoding="utf8") as out:
                out.write(json.dumps(entry, ensure_ascii=False) + "\n")
            self.known[key] = entry
        return self.known[key]
