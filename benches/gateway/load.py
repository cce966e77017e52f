#!/usr/bin/env python3
"""`vetmark gateway` under load: how much mail it examines, how soon it answers, and what becomes of it when everything fails.

usage: load.py [--vetmark BIN] [--messages N] [--seconds S] [--rate R] [--seed N] [saturate] [latency] [peers] [chaos]

saturate  N messages, 64 connections, each with the next message once it was answered: messages a second, and a second of
          processor time; wrong answers; memory of all processes
latency   messages come by chance (Poisson), 70% of what `saturate` measured a second (or --rate): time to the answer
peers     the same messages to clamd (its own list from freshclam, or else 10,000 terms, and as many made-up signatures as its own list has) and to rspamd
chaos     for S seconds cells are killed, the daemon is killed, the disk of the store is filled and connections are cut;
          then: everything was answered, nothing passed that must not, every passage is on record, the ledger holds

All four without a name. Each prints one object of JSON. Mail is made by a generator with a seed: the same every time, no message
twice, and it is known of each what must become of it. Python 3.11 and nothing else; `chaos` mounts a tmpfs as root.
Everything is in a temporary folder that is removed. The status is 1 if something passed, was lost or is not on record.
"""
import argparse, asyncio, collections, contextlib, hashlib, json, os, random, shutil, signal, socket, sqlite3, statistics
import subprocess, sys, tempfile, time
from mails import ROOT, Mails

TICK = os.sysconf("SC_CLK_TCK")
POLICY = """contact = { en = "the office", zh = "保密办" }
[[rule]]
verdicts = ["no_finding"]
action = "pass"
by = "Wang"
[[rule]]
action = "hold"
"""
def stat(process):
    """(parent, seconds of processor time with those waited for) of a process, or nothing."""
    try:
        with open(f"/proc/{process}/stat") as file:
            of = file.read().rsplit(")", 1)[1].split()
        return int(of[1]), sum(map(int, of[11:15])) / TICK
    except (OSError, IndexError):
        return None


def tree(top):
    """Processor time of a process and all below it, and their numbers."""
    below = collections.defaultdict(list)
    times = {int(name): of for name in os.listdir("/proc") if name.isdigit() and (of := stat(name))}
    for number, (parent, _) in times.items():
        below[parent].append(number)
    found = [top]
    for number in found:
        found += below[number]
    return sum(times[number][1] for number in found if number in times), found


def memory(top):
    """Proportional set size of the tree, MiB."""
    total = 0
    for number in tree(top)[1]:
        try:
            with open(f"/proc/{number}/smaps_rollup") as file:
                total += next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
        except (OSError, StopIteration):
            pass
    return total / 1024


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def command(asked, folder, store, port, *more):
    """How the gateway is called; its policy is written first."""
    policy = os.path.join(folder, "leave.toml")
    with open(policy, "w") as file:
        file.write(POLICY)
    return [asked.vetmark, "gateway", "--no-config", "--clamd", f"127.0.0.1:{port}", "--policy", policy, "--store", os.path.join(folder, store),
            *more, *(word for setting in asked.set for word in ("--set", setting))]


class Gateway:
    """The daemon, started in a folder, with its store there or elsewhere."""

    def __init__(self, asked, folder, store, port=0):
        self.log = open(os.path.join(folder, "gateway.log"), "ab")
        past = self.log.tell()
        self.process = subprocess.Popen(
            command(asked, folder, store, port), cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.log, start_new_session=True)
        self.port, late = 0, time.monotonic() + 60
        while not self.port and self.process.poll() is None and time.monotonic() < late:
            time.sleep(0.05)
            with open(self.log.name, "rb") as file:
                file.seek(past)
                for line in file:
                    if b'"listening"' in line and line.endswith(b"\n"):
                        self.port = int(json.loads(line)["address"].rsplit(":", 1)[1])

    def end(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        return self.process.returncode


async def instream(port, mail, cut=None, patience=90):
    """One content over one connection of clamd's protocol; `cut` closes it there, `cut` of the bytes sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        sent = b"zINSTREAM\0" + b"".join(len(mail[at:at + 65536]).to_bytes(4) + mail[at:at + 65536] for at in range(0, len(mail), 65536)) + bytes(4)
        writer.write(sent if cut is None else sent[:int(len(sent) * cut)])
        await writer.drain()
        if cut is not None:
            return "cut"
        return (await asyncio.wait_for(reader.read(), patience)).rstrip(b"\0\n").decode()
    finally:
        writer.close()


def final(answer, kind):
    """Whether a mail server is done with it; what is damaged is ERROR however often it comes."""
    return answer.endswith((" OK", " FOUND")) or kind == "unread" and "Unread.Damaged" in answer


class Tally:
    """What became of messages."""

    def __init__(self):
        self.answers, self.puts_off = collections.Counter(), collections.Counter()
        self.passed, self.clean_held, self.lost = [], [], []
        self.ok, self.stopped = {}, {}  # digests of what passed and of what must not

    def enter(self, number, kind, answer, mail):
        self.answers[f"{kind}: {answer.removeprefix('stream: ')}"] += 1
        if kind != "clean":
            self.stopped[number] = hashlib.sha256(mail).hexdigest()
        if answer.endswith(" OK"):
            self.ok[number] = hashlib.sha256(mail).hexdigest()
            if kind != "clean":
                self.passed.append(number)
        elif kind == "clean":
            self.clean_held.append(number)

    def report(self):
        kinds = collections.Counter()
        for answer, count in self.answers.items():
            kinds[answer.split(":")[0] + " " + answer.rsplit(" ", 1)[1]] += count
        return {"answered": sum(kinds.values()), "answers": dict(kinds), "passed_wrongly": self.passed[:20], "clean_but_held": len(self.clean_held),
                "lost": self.lost[:20], "put_off": dict(self.puts_off.most_common(12))}

    def bad(self):
        return bool(self.passed or self.lost)


async def deliver(port, mails, number, tally, chance=None, give_up=None, made=None):
    """As a mail server does: again and again until it is answered."""
    mail, kind = made or mails.mail(number)
    pause = 0.2
    while True:
        try:
            cut = chance.choice((0.0001, 0.5, 0.9, 1.0)) if chance and chance.random() < 0.05 else None
            answer = await instream(port, mail, cut)
        except (OSError, asyncio.TimeoutError) as error:
            answer = type(error).__name__
        if final(answer, kind):
            return tally.enter(number, kind, answer, mail)
        tally.puts_off[answer.removeprefix("stream: ") or "closed without an answer"] += 1
        if give_up and time.monotonic() > give_up():
            return tally.lost.append(number)
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, 2)


async def closed_loop(count, connections, one, each=None):
    numbers = iter(range(count))

    async def peer():
        for number in numbers:
            await one(number)
            if each:
                each(number)
    await asyncio.gather(*(peer() for _ in range(connections)))


async def saturate(asked, mails, folder):
    gateway = Gateway(asked, folder, "office.store")
    top, tally, samples, done = gateway.process.pid, Tally(), [], [0]
    for number in range(asked.connections):  # warm: the first cells load the rules
        await deliver(gateway.port, mails, 10_000_000 + number, Tally())

    async def watch():
        while True:
            samples.append((done[0] / asked.messages, memory(top)))
            await asyncio.sleep(0.5)

    def count(_):
        done[0] += 1
    watching = asyncio.create_task(watch())
    cpu, start, late = tree(top)[0], time.monotonic(), time.monotonic() + asked.limit
    await closed_loop(asked.messages, asked.connections, lambda n: deliver(gateway.port, mails, n, tally, give_up=lambda: late), count)
    wall, spent = time.monotonic() - start, tree(top)[0] - cpu
    watching.cancel()
    status = gateway.end()

    def median(low, high):
        return round(statistics.median([m for at, m in samples if low <= at <= high] or [0]), 1)
    here = {"per_second": round(asked.messages / wall, 1), "per_cpu_second": round(asked.messages / spent, 1), "wall_s": round(wall, 1),
            "cpu_s": round(spent, 1), "mib_at_10": median(0.05, 0.15), "mib_at_50": median(0.45, 0.55), "mib_at_100": median(0.9, 1),
            "mib_peak": round(max(m for _, m in samples), 1),
            "status": status, "store_mib": round(sum(os.path.getsize(os.path.join(folder, n)) for n in os.listdir(folder) if "store" in n) / 2**20, 1)}
    return here | tally.report(), tally.bad() or status != 0


async def latency(asked, mails, folder):
    gateway = Gateway(asked, folder, "office.store")
    chance, rate, took, tally = random.Random(asked.seed), asked.rate, [], Tally()
    made, n = [], 20_000_000
    while len(made) < min(int(rate * asked.open_seconds), 15000):
        mail = mails.mail(n)
        if len(mail[0]) < 200_000:
            made.append((n, mail))
        n += 1
    for number in range(asked.connections):
        await deliver(gateway.port, mails, 10_000_000 + number, Tally())
    cpu, start = tree(gateway.process.pid)[0], time.monotonic()

    async def one(number, mail, due):
        await deliver(gateway.port, mails, number, tally, made=mail, give_up=lambda: due + 60)
        took.append(time.monotonic() - due)  # from when it was due, late or not
    tasks, due = [], start
    for number, mail in made:
        due += chance.expovariate(rate)
        await asyncio.sleep(max(0, due - time.monotonic()))
        tasks.append(asyncio.create_task(one(number, mail, due)))
    await asyncio.gather(*tasks)
    wall, spent = time.monotonic() - start, tree(gateway.process.pid)[0] - cpu
    gateway.end()
    took.sort()
    at = {f"p{p}_ms": round(took[min(len(took) - 1, int(len(took) * p / 100))] * 1000, 1) for p in (50, 95, 99)}
    here = {"rate": round(rate, 1), "cores_used": round(spent / wall, 2), **at, "max_ms": round(took[-1] * 1000, 1),
            "largest_bytes": max(len(mail) for _, (mail, _) in made)}
    return here | tally.report(), tally.bad()


async def checkv2(port, mail):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"POST /checkv2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIP: 203.0.113.7\r\nContent-Length: {len(mail)}\r\n\r\n".encode() + mail)
        answer = await asyncio.wait_for(reader.read(), 90)
        return answer.split(b"\r\n", 1)[0].decode()
    finally:
        writer.close()


def made_up(room):
    """Signatures of nothing, about as many as clamd's own and of its kinds: bytes to look for and digests of files."""
    os.makedirs(room, exist_ok=True)
    random_ = random.Random(7)
    with open(os.path.join(room, "made-up.ndb"), "w") as file:
        for number in range(120_000):
            # Of its own about four in ten look into any file, the others into programs alone.
            file.write(f"Made.Up-{number}:{0 if number % 10 < 4 else 1}:*:{random_.randbytes(random_.randint(12, 60)).hex()}\n")
    with open(os.path.join(room, "made-up.hsb"), "w") as file:
        for number in range(1_000_000):
            file.write(f"{random_.randbytes(32).hex()}:{random_.randint(1_000, 5_000_000)}:Made.Up.Digest-{number}:73\n")


def clamd(folder, cache, signatures=None):
    base = "/var/lib/clamav"
    own = os.path.isdir(base) and any(name.startswith(("main.", "daily.")) for name in os.listdir(base))
    room, what = base, "its own signatures"
    if not own and signatures:
        room, what = os.path.join(folder, "signatures"), "10,000 terms as signatures"
        os.makedirs(room, exist_ok=True)
        shutil.copy(signatures, room)
    elif not own:
        room, what = os.path.join(folder, "made-up"), "120,000 made-up signatures and 1,000,000 digests"
        if not os.path.isdir(room):
            made_up(room)
    port, config = free_port(), os.path.join(folder, "clamd.conf")
    with open(config, "w") as file:
        file.write(f"TCPSocket {port}\nTCPAddr 127.0.0.1\nDatabaseDirectory {room}\nForeground yes\nMaxThreads 64\nMaxQueue 200\nUser root\n"
                   + ("" if cache else "DisableCache yes\n"))
    return what, port, ["clamd", "--foreground", "-c", config]


def rspamd(folder):
    port, room = free_port(), os.path.join(folder, "rspamd")
    os.makedirs(os.path.join(room, "local.d"))
    os.makedirs(os.path.join(room, "override.d"))
    away = ("rbl dkim spf dmarc arc mx_check asn fuzzy_check phishing bayes neural reputation greylist ratelimit replies history_redis "
            "url_redirector elastic once_received hfilter whitelist maillist").split()
    files = {f"{name}.conf": "enabled = false;\n" for name in away} | {
        "worker-normal.inc": f'bind_socket = "127.0.0.1:{port}";\ncount = 2;\n', "worker-controller.inc": "enabled = false;\n", "worker-proxy.inc": "enabled = false;\n",
        "worker-fuzzy.inc": "enabled = false;\n", "logging.inc": 'level = "error";\n'}
    for name, text in files.items():
        with open(os.path.join(room, "local.d", name), "w") as file:
            file.write(text)
    os.chmod(folder, 0o755)
    shutil.chown(room, "_rspamd")
    ways = [word for name in ("RUNDIR", "DBDIR", "LOGDIR", "LOCAL_CONFDIR") for word in ("--var", f"{name}={room}")]
    return "default rules, nothing that asks the network", port, ["rspamd", "-f", "-u", "_rspamd", "-g", "_rspamd", *ways]


async def peer(asked, mails, folder, name, setting, port, called, ask):
    if asked.peer not in name:
        return {"peer": name, "skipped": "not asked for"}
    if not shutil.which(called[0]):
        print(f"*** NOT MEASURED: {called[0]} is not installed ***", file=sys.stderr)
        return {"peer": name, "skipped": "not installed"}
    with open(os.path.join(folder, "peer.log"), "ab") as log:
        process = subprocess.Popen(called, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        for wait in range(900):
            try:
                await ask(port, mails.mail(30_000_000)[0])
                break
            except (OSError, asyncio.TimeoutError):
                await asyncio.sleep(0.2)
                if wait == 899 or process.poll() is not None:
                    with open(os.path.join(folder, "peer.log")) as log:
                        print(f"*** NOT MEASURED: {name} did not start: {log.read()[-400:]} ***", file=sys.stderr)
                    return {"peer": name, "skipped": "did not start"}
        answers, count = collections.Counter(), asked.peer_messages

        async def one(number):
            answers[(await ask(port, mails.mail(number)[0])).rsplit(" ", 1)[-1]] += 1
        for number in range(100):
            await ask(port, mails.mail(30_000_001 + number)[0])
        cpu, start = tree(process.pid)[0], time.monotonic()
        await closed_loop(count, asked.connections, one)
        wall, spent = time.monotonic() - start, tree(process.pid)[0] - cpu
        return {"peer": name, "setting": setting, "messages": count, "per_second": round(count / wall, 1), "per_cpu_second": round(count / spent, 1),
                "answers": dict(answers), "mib": round(memory(process.pid), 1)}
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def peers(asked, mails, folder):
    sys.path.insert(0, os.path.join(ROOT, "benches", "versus"))
    import corpus
    _, signatures, compiled = corpus.lists(asked.vetmark, folder, 10_000)
    rows = []
    for name, more in (("vetmark", ()), ("vetmark, with 10,000 terms", ("--dictionary", compiled))):
        port = free_port()
        rows.append(await peer(asked, mails, folder, name, "record kept", port, command(asked, folder, f"{len(rows)}.store", port, *more), instream))
    for words in (signatures, None):
        for cache in (False, True):
            setting, *rest = clamd(folder, cache, words)
            rows.append(await peer(asked, mails, folder, "clamd" if cache else "clamd, DisableCache", setting, *rest, instream))
    setting, *rest = rspamd(folder)
    rows.append(await peer(asked, mails, folder, "rspamd", setting, *rest, checkv2))
    return {"peers": rows}, False


async def chaos(asked, mails, folder):
    disk = os.path.join(folder, "disk")
    os.makedirs(disk)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={asked.disk}m,mode=700", "tmpfs", disk], check=True)
    store, ballast, port = os.path.join(disk, "office.store"), os.path.join(disk, "ballast"), free_port()
    chance, tally, did, left = random.Random(asked.seed), Tally(), collections.Counter(), []
    now, over = [Gateway(asked, folder, store, port)], time.monotonic() + asked.seconds
    try:
        async def every(seconds, what):
            while time.monotonic() + seconds < over:
                await asyncio.sleep(seconds * chance.uniform(0.5, 1.5) if seconds > 1 else seconds)
                await what()

        async def kill_cell():
            cells = tree(now[0].process.pid)[1][1:]
            if cells:
                victim = chance.choice(cells)
                if (of := stat(victim)) and of[0] == now[0].process.pid:
                    os.kill(victim, signal.SIGKILL)
                    did["cells killed"] += 1

        async def start():
            while True:
                now[0] = await asyncio.to_thread(Gateway, asked, folder, store, port)
                if now[0].port:
                    return
                did["starts refused"] += 1
                now[0].end(signal.SIGKILL)
                await asyncio.sleep(0.5)

        async def kill_daemon():
            cells = tree(now[0].process.pid)[1][1:]
            now[0].end(signal.SIGKILL)
            did["daemons killed"] += 1
            await asyncio.sleep(chance.uniform(0.1, 1.5))
            left.extend(cell for cell in cells if stat(cell))
            await start()

        async def fill():
            with open(ballast, "wb") as file, contextlib.suppress(OSError):
                size = 1 << 24
                while size >= 4096:
                    try:
                        os.posix_fallocate(file.fileno(), file.tell(), size)
                        file.seek(size, 1)
                    except OSError:
                        size //= 2
            did["disk filled"] += 1
            await asyncio.sleep(chance.uniform(1, 4))
            os.remove(ballast)

        numbers = iter(range(40_000_000, 50_000_000))

        async def sender():
            while time.monotonic() < over:
                await deliver(port, mails, next(numbers), tally, chance, give_up=lambda: over + 180)
        disorder = [every(0.3, kill_cell), every(20, kill_daemon), every(25, fill)]
        await asyncio.gather(*(sender() for _ in range(asked.connections)), *disorder)
        if now[0].process.poll() is not None:
            did["daemon ended by itself"] += 1
        status = now[0].end()
        with contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as record:
            passages = {digest for digest, in record.execute(
                "SELECT DISTINCT m.sha256 FROM passage p JOIN matter m ON m.id = p.matter JOIN examination e ON e.matter = m.id "
                "AND e.version = p.version WHERE p.answer = 'pass' AND p.leave IS NOT NULL")}
            matters = record.execute("SELECT count(*) FROM matter").fetchone()[0]
        missing = [number for number, digest in tally.ok.items() if digest not in passages]
        wrong = [number for number, digest in tally.stopped.items() if digest in passages]
        verify = subprocess.run([asked.vetmark, "ledger", "verify", store], capture_output=True, text=True)
        report = {"seconds": asked.seconds, "disorder": dict(did), "matters": matters, "ok_without_passage": missing[:20], "passages_of_what_must_not": wrong[:20],
                  "ledger_verify": verify.returncode, "ledger": (verify.stdout + verify.stderr).strip()[-300:], "status": status,
                  "cells_left_after_daemon": sum(1 for cell in left if stat(cell)),
                  "store_mib": round(sum(os.path.getsize(os.path.join(disk, n)) for n in os.listdir(disk)) / 2**20, 1)}
        return report | tally.report(), bool(tally.bad() or missing or wrong or verify.returncode or status)
    finally:
        now[0].end(signal.SIGKILL)
        subprocess.run(["umount", "-l", disk], check=False)


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("parts", nargs="*", metavar="part", help="saturate, latency, peers, chaos")
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
    ask.add_argument("--vetmark", default=os.path.join(target, "release", "vetmark"), help="the program, a release build")
    ask.add_argument("--messages", type=int, default=20_000)
    ask.add_argument("--peer-messages", type=int, default=2_000)
    ask.add_argument("--peer", default="", help="those of `peers` whose names hold this")
    ask.add_argument("--connections", type=int, default=64)
    ask.add_argument("--rate", type=float, help="messages a second of `latency`")
    ask.add_argument("--open-seconds", type=int, default=60, help="how long `latency` goes on")
    ask.add_argument("--seconds", type=int, default=300, help="how long `chaos` goes on")
    ask.add_argument("--limit", type=int, default=1800, help="the longest that `saturate` may take")
    ask.add_argument("--disk", type=int, default=1024, help="MiB of the store's disk in `chaos`")
    ask.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the gateway")
    ask.add_argument("--seed", type=int, default=1)
    asked = ask.parse_args()
    asked.vetmark = os.path.abspath(asked.vetmark)
    mails, failed, all_parts = Mails(asked.seed), False, {"saturate": saturate, "latency": latency, "peers": peers, "chaos": chaos}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    for part in asked.parts or all_parts:
        if part == "latency" and not asked.rate:
            ask.error("latency needs --rate, or saturate before it")
        with tempfile.TemporaryDirectory(prefix="vetmark-load-") as folder:
            said, bad = asyncio.run(all_parts[part](asked, mails, folder))
        if part == "saturate" and not asked.rate:
            asked.rate = said["per_second"] * 0.7
        print(json.dumps({"part": part, "load_average": os.getloadavg()[0], **said}, ensure_ascii=False), flush=True)
        failed |= bad
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
