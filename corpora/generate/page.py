"""Lines on a page, and the layouts of official papers (公文) made of them.

A document is a list of `Line`; every producer (docx.py, paper.py, plain.py)
prints the same list in its own way.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Line:
    text: str
    align: str = "left"  # left, right, center, para (first line indented by two characters)
    size: float = 16.0
    face: str = "song"  # song, hei, kai
    color: str = ""  # RRGGBB
    bold: bool = False
    before: float = 0.0  # points of blank space above
    rule: str = ""  # colour of a rule below
    page: bool = False  # begins a new page
    struck: bool = False


def para(text, **more):
    return Line(text, align="para", **more)


def body(paragraphs):
    return [para(p) for p in paragraphs]


def title(text, **more):
    return Line(text, align="center", size=22, face="hei", before=18, **more)


def article(heading, paragraphs, byline=""):
    """A title, perhaps a byline, and text: no official layout."""
    lines = [title(heading)]
    if byline:
        lines.append(Line(byline, align="center", size=12))
    return lines + body(paragraphs)


RED = "C00000"


def official_2012(*, head, number, heading, to, paragraphs, signer, date, mark="", copy="",
                  urgency="", note="", printed="", mark_more=None):
    """GB/T 9704-2012: copy number, mark, urgency flush left on the first lines."""
    lines = []
    if copy:
        lines.append(Line(copy))
    if mark:
        lines.append(replace(Line(mark, face="hei"), **(mark_more or {})))
    if urgency:
        lines.append(Line(urgency, face="hei"))
    lines += [
        Line(head, align="center", size=34, face="hei", color=RED, before=30),
        Line(number, align="center", before=24, rule=RED),
        title(heading),
        Line(to, before=12),
        *body(paragraphs),
        Line(signer, align="right", before=24),
        Line(date, align="right"),
    ]
    if note:
        lines.append(para(note))
    if printed:
        lines.append(Line(printed, size=14, before=30))
    return lines


def official_1999(*, head, number, heading, to, paragraphs, signer, date, mark="", copy="",
                  urgency="", printed="", subject=""):
    """GB/T 9704-1999: copy number left, level flush right on the first line, 主题词."""
    lines = []
    if copy:
        lines.append(Line(copy))
    if mark:
        lines.append(Line(mark, align="right", face="hei"))
    if urgency:
        lines.append(Line(urgency, align="right", face="hei"))
    lines += [
        Line(head, align="center", size=34, face="hei", color=RED, before=30),
        Line(number, align="center", before=24, rule=RED),
        title(heading),
        Line(to, before=12),
        *body(paragraphs),
        Line(signer, align="right", before=24),
        Line(date, align="right"),
    ]
    if subject:
        lines.append(Line("主题词：" + subject, face="hei", before=24))
    if printed:
        lines.append(Line(printed, size=14))
    return lines


def letter(*, head, number, heading, to, paragraphs, signer, date, mark="", copy=""):
    """信函: the sender's name over a red rule, copy number and mark under it."""
    lines = [Line(head, align="center", size=30, face="hei", color=RED, rule=RED)]
    if copy:
        lines.append(Line(copy))
    if mark:
        lines.append(Line(mark, face="hei"))
    return lines + [
        Line(number, align="right"),
        title(heading),
        Line(to, before=12),
        *body(paragraphs),
        Line(signer, align="right", before=24),
        Line(date, align="right"),
    ]


def order(*, head, number, paragraphs, signer, date, mark="", copy=""):
    """命令(令): the head, its number, the text, the signature."""
    lines = []
    if copy:
        lines.append(Line(copy))
    if mark:
        lines.append(Line(mark, face="hei"))
    return lines + [
        Line(head, align="center", size=36, face="hei", color=RED, before=36),
        Line(number, align="center", before=18),
        *body(paragraphs),
        Line(signer, align="right", before=24),
        Line(date, align="right"),
    ]


def minutes(*, head, number, issued, paragraphs, present, mark="", copy=""):
    """纪要: the head, number and date under it, who was there."""
    lines = []
    if copy:
        lines.append(Line(copy))
    if mark:
        lines.append(Line(mark, face="hei"))
    return lines + [
        Line(head, align="center", size=32, face="hei", color=RED, before=30),
        Line(number, align="center"),
        Line(issued, rule=RED),
        *body(paragraphs),
        Line("出席：" + present, face="hei", before=18),
    ]
