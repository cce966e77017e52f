"""Mail to examine, made by number and seed: the same every time, no message twice, and it is known of each what must become of it."""
import base64, os, random, tomllib
from email.header import Header
from urllib.parse import quote

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
TYPES = {"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "pdf": "application/pdf",
         "zip": "application/zip", "html": "text/html", "txt": "text/plain"}
ZH = """{p}的融雪盐已经送到三号库房，共{n}吨，请{w}安排人手卸车。|上周{p}更换了{n}条长椅，旧椅子放在东门外，等待统一清运。|候车亭的玻璃碎了一块，师傅说{w}可以装好，费用{n}元。
|食堂从{w}起十一点半开饭，面食窗口挪到了右手边。|{p}新种的银杏有{n}棵，前两个月每天早晚各浇一次水。|开会的时间改到{w}下午两点，地点还是二楼的小会议室，请大家带上各自的表格。
|花坛边的水管漏水，已经请物业来看过，要换{n}米长的一段。|附件是{p}这个月的用电情况，比上个月少了{n}度，主要是因为路灯换了灯泡。|孩子们的画展在{p}的走廊里，一共挂了{n}幅，欢迎路过的人进来看看。
|班车{w}停开一天，家在城北的同事可以坐{n}路公共汽车。|图书室收到捐赠的旧书{n}本，其中一半是小说，正在编号上架。|打印机缺纸，先用隔壁办公室的，新纸{w}送到。""".replace("\n", "").split("|")
EN = """The salt for {p} has arrived, {n} bags of it, and somebody has to be there on {w} to sign for it. |We replaced {n} benches
 along {p} last week; the old ones are behind the shed until they are collected. |The glass of the bus shelter will be mended on {w}, for about {n} euros.
|Lunch is served from half past eleven, and the noodles have moved to the window on the right. |There are {n} new trees at {p}, which want water twice a day until the rain comes.
|The meeting has been moved to {w} at two, in the same small room; please bring your own tables. |The pipe beside the flower bed leaks, and {n} metres of it have to go.
|Attached are the meter readings of {p}: {n} units less than in the month before, mostly because of the new bulbs. |The children show {n} of their paintings in the corridor, and whoever passes by is welcome to look.
|There is no shuttle on {w}; take bus number {n} instead. |The library was given {n} old books, half of them novels. """.replace("\n", "").split("|")
PLACES = (["白鹭公园", "雁洲路", "柳汀广场", "北河沿", "花圃"], ["Heron Park", "Willow Lane", "the north bank", "Goose Square"])
DAYS = (["周一", "周二", "周三", "周四", "下周五"], ["Monday", "Tuesday", "Wednesday", "Thursday", "next Friday"])
MARKS = ["机密★10年", "秘密★5年", "机密★15年", "绝密★30年", "秘密★8年"]


class Mails:
    """Mail by number. `mail(n)` gives its bytes and what it is: clean, marked (must never pass), unread (nor that)."""

    def __init__(self, seed):
        self.seed, self.clean, self.marked, self.unread = seed, [], [], []
        for name in ("sample", "traps", "marks", "folded", "hostile"):
            with open(os.path.join(ROOT, "corpora", name, "truth.toml"), "rb") as file:
                documents = tomllib.load(file)["document"]
            for truth in documents:
                path, end = truth["path"], truth["path"].rsplit(".", 1)[-1]
                if end not in TYPES or "as_of" in truth or path.startswith("term-"):
                    continue  # no such attachment, or it depends on the day what it is
                with open(os.path.join(ROOT, "corpora", name, "documents", path), "rb") as file:
                    coded = base64.encodebytes(file.read()).replace(b"\n", b"\r\n")
                where = {"no_finding": self.clean, "withhold": self.marked, "incomplete": self.unread}.get(truth["verdict"])
                if where is not None and (name != "hostile" or where is self.unread):
                    where.append((path, TYPES[end], coded))

    def _text(self, chance, chinese, size):
        lines, long = [], 0
        while long < size:
            line = "".join(chance.choice(ZH if chinese else EN).format(
                p=chance.choice(PLACES[not chinese]), n=chance.randint(3, 990), w=chance.choice(DAYS[not chinese])) for _ in range(chance.randint(2, 6)))
            lines.append(line)
            long += len(line.encode())
        return lines

    def mail(self, number):
        chance = random.Random(f"{self.seed}/{number}")
        chinese, shape, fate = chance.random() < 0.7, chance.random(), chance.random()
        kind = "marked" if fate < 0.1 else "unread" if fate < 0.13 else "clean"
        lines = self._text(chance, chinese, chance.randint(2000, 20000))
        lines.insert(0, f"{'各位同事：第' if chinese else 'Dear all, letter'} {number} {'号来信。' if chinese else 'of mine.'}")
        attached = []
        if kind == "unread":
            attached = [chance.choice(self.unread)]
        elif kind == "marked" and chance.random() < 0.5:
            attached = [chance.choice(self.marked)]
        elif kind == "marked":
            lines.insert(0, chance.choice(MARKS))
        if not attached and shape >= 0.65 or attached and chance.random() < 0.3:
            attached += [chance.choice(self.clean) for _ in range(chance.choice((1, 1, 2)))]
        plain = "\r\n\r\n".join(lines)
        inner = self._part("plain", plain)
        if 0.4 <= shape < 0.8:  # text and HTML of the same
            page = "<html><body>" + "".join(f"<p style=\"margin:0\">{line}</p>\r\n" for line in lines) + "</body></html>"
            inner = self._multi("alternative", f"a{number}", [inner, self._part("html", page)])
        if attached:
            inner = self._multi("mixed", f"m{number}", [inner] + [
                f"Content-Type: {of}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename*=UTF-8''{quote(name)}\r\n\r\n".encode() + coded
                for name, of, coded in attached])
        subject = f"{chance.choice(PLACES[0])}的来信 {number}" if chinese else f"News from {chance.choice(PLACES[1])} {number}"
        head = (f"Received: from mx{number % 7}.office.example by mail.agency.example; Thu, 26 Nov 2026 08:{number % 60:02}:11 +0800\r\n"
                f"From: p{number % 97}@office.example\r\nTo: q{number % 89}@agency.example\r\nDate: Thu, 26 Nov 2026 08:{number % 60:02}:07 +0800\r\n"
                f"Subject: {Header(subject, 'utf-8').encode() if chinese else subject}\r\nMessage-ID: <{self.seed}.{number}@office.example>\r\nMIME-Version: 1.0\r\n")
        return head.encode() + inner, kind

    @staticmethod
    def _part(of, text):
        return f"Content-Type: text/{of}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode() + \
            base64.encodebytes(text.encode()).replace(b"\n", b"\r\n")

    @staticmethod
    def _multi(of, edge, parts):
        return f"Content-Type: multipart/{of}; boundary=\"{edge}\"\r\n\r\n".encode() + \
            b"".join(f"--{edge}\r\n".encode() + part + b"\r\n" for part in parts) + f"--{edge}--\r\n".encode()
