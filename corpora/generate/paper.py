"""PDF by four producers (ReportLab, Typst, WeasyPrint, LibreOffice), the same lines in each."""

import html
import io
import pathlib
import subprocess
import tempfile

import pikepdf
import typst
import weasyprint
from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

rl_config.useA85 = 0
FONTS = "/usr/share/fonts/truetype"
TRUETYPE = {
    "song": (f"{FONTS}/arphic/uming.ttc", 0),
    "kai": (f"{FONTS}/arphic/ukai.ttc", 0),
    "hei": (f"{FONTS}/wqy/wqy-zenhei.ttc", 0),
    "micro": (f"{FONTS}/wqy/wqy-microhei.ttc", 0),
}
TYPST_FACES = {"song": "Noto Serif CJK SC", "kai": "AR PL UKai CN", "hei": "Noto Sans CJK SC"}
LEFT, TOP, WIDTH, BOTTOM = 28 * mm, 37 * mm, 156 * mm, 35 * mm
LEADING = 1.75


def fresh_fonts():
    """ReportLab's fonts remember which characters they gave out: each document gets new ones."""
    for name, (path, index) in TRUETYPE.items():
        pdfmetrics._fonts.pop(name, None)
        pdfmetrics.registerFont(TTFont(name, path, subfontIndex=index))
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))


def reportlab(lines, *, font=None, header=None, footer=None, behind=None, on_page=None,
              info=None, password=None, owner=None):
    """A PDF by ReportLab. `font` sets one face for all (`STSong-Light`: not embedded).
    `header`, `footer`: text of every page; `behind(canvas)`, `on_page(canvas, number)` draw."""
    fresh_fonts()
    encrypt = None
    if password or owner:
        from reportlab.lib.pdfencrypt import StandardEncryption
        encrypt = StandardEncryption(password or "", ownerPassword=owner or "owner", strength=128)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, encrypt=encrypt)
    canvas.setTitle(""), canvas.setAuthor(""), canvas.setSubject("")
    for name, value in (info or {}).items():
        getattr(canvas, "set" + name)(value)
    state = {"y": 0, "page": 0}

    def begin():
        if state["page"]:
            canvas.showPage()
        state["page"] += 1
        state["y"] = A4[1] - TOP
        if behind:
            canvas.saveState(), behind(canvas), canvas.restoreState()
        for text, y in ((header, A4[1] - 20 * mm), (footer, 18 * mm)):
            if text:
                canvas.setFont(font or "hei", 10.5)
                canvas.drawCentredString(A4[0] / 2, y, text)
        if on_page:
            on_page(canvas, state["page"])

    begin()
    for line in lines:
        face = font or line.face
        if line.page:
            begin()
        state["y"] -= line.before
        for text, x in wrapped(line, face):
            if state["y"] - line.size * LEADING < BOTTOM:
                begin()
            state["y"] -= line.size * LEADING
            canvas.setFillColor(HexColor("#" + (line.color or "000000")))
            canvas.setFont(face, line.size)
            canvas.drawString(x, state["y"], text)
            if line.struck:
                middle = state["y"] + line.size * 0.35
                canvas.line(x, middle, x + pdfmetrics.stringWidth(text, face, line.size), middle)
        if line.rule:
            canvas.setStrokeColor(HexColor("#" + line.rule))
            canvas.line(LEFT, state["y"] - 8, LEFT + WIDTH, state["y"] - 8)
    canvas.save()
    return out.getvalue()


def light(lines, **more):
    """A smaller file: one face throughout."""
    return reportlab(lines, font="hei", **more)


def wrapped(line, face):
    """The text cut into lines of the type area, each with its left edge."""
    def width(text):
        return pdfmetrics.stringWidth(text, face, line.size)

    indent = line.size * 2 if line.align == "para" else 0
    rest, pieces = line.text, []
    while rest:
        room = WIDTH - (indent if not pieces else 0)
        count = len(rest)
        while count > 1 and width(rest[:count]) > room:
            count -= 1
        pieces.append(rest[:count])
        rest = rest[count:]
    for number, piece in enumerate(pieces):
        space = WIDTH - width(piece)
        x = {"left": 0, "right": space - 2 * line.size, "center": space / 2,
             "para": indent if number == 0 else 0}[line.align]
        yield piece, LEFT + max(x, 0)


def typeset(lines, *, header="", footer="", background="", extra=""):
    """A PDF by Typst: CFF subsets, Identity-H, compressed object streams."""
    def text(line):
        more = [f'font: "{TYPST_FACES[line.face]}"', f"size: {line.size}pt"]
        if line.color:
            more.append(f'fill: rgb("#{line.color}")')
        inner = f"#text({', '.join(more)})[#{quoted(line.text)}]"
        return f"#strike[{inner}]" if line.struck else inner

    def page(what, value):
        return f"{what}: align(center, text(size: 10.5pt, {quoted(value)}))," if value else ""

    parts = [f'''#set document(date: none)
#set text(font: "Noto Serif CJK SC", size: 16pt, lang: "zh")
#set page(paper: "a4", margin: (top: 37mm, left: 28mm, right: 26mm, bottom: 35mm),
  {page("header", header)} {page("footer", footer)}
  {f'background: rotate(-40deg, text(size: 90pt, fill: luma(215), {quoted(background)})),' if background else ""})
#set par(leading: 12pt, spacing: 12pt)''']
    for line in lines:
        if line.page:
            parts.append("#pagebreak()")
        if line.before:
            parts.append(f"#v({line.before}pt)")
        if line.align == "para":
            parts.append(f"#par(justify: true, first-line-indent: (amount: 2em, all: true))[{text(line)}]")
        else:
            parts.append(f"#align({line.align})[{text(line)}]")
        if line.rule:
            parts.append(f'#line(length: 100%, stroke: 1pt + rgb("#{line.rule}"))')
    parts.append(extra)
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "main.typ"
        source.write_text("\n\n".join(parts), "utf8")
        made = typst.compile(str(source), font_paths=["/usr/share/fonts"],
                             ignore_system_fonts=True)
    return settled(made)


OFFICE_FACES = {"song": "AR PL UMing CN", "kai": "AR PL UKai CN", "hei": "WenQuanYi Zen Hei"}


def office(lines, **more):
    """A PDF as an office program exports it: a Word file printed by LibreOffice, Latin
    digits in a face of their own."""
    import docx_writer
    kept = dict(docx_writer.FACES)
    docx_writer.FACES.update(OFFICE_FACES)
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "main.docx"
        source.write_bytes(docx_writer.write(lines, **more))
        docx_writer.FACES.update(kept)
        subprocess.run(
            ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile",
             "--convert-to", "pdf", "--outdir", folder, str(source)],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return settled((pathlib.Path(folder) / "main.pdf").read_bytes())


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


FACE_CSS = {"song": "AR PL UMing CN", "kai": "AR PL UKai CN", "hei": "WenQuanYi Zen Hei"}


def web(lines, *, css="", extra=""):
    """A PDF by WeasyPrint from HTML."""
    return settled(weasyprint.HTML(string=markup(lines, css=css, extra=extra)).write_pdf())


def markup(lines, *, css="", extra="", head=""):
    """The lines as HTML, which WeasyPrint prints."""
    rows = []
    for line in lines:
        look = [f"font:{'bold ' if line.bold else ''}{line.size}pt '{FACE_CSS[line.face]}'"]
        look.append({"left": "", "para": "text-indent:2em;text-align:justify"}.get(
            line.align, f"text-align:{line.align}"))
        if line.color:
            look.append(f"color:#{line.color}")
        if line.before:
            look.append(f"margin-top:{line.before}pt")
        if line.rule:
            look.append(f"border-bottom:1pt solid #{line.rule}")
        if line.page:
            look.append("break-before:page")
        text = html.escape(line.text)
        rows.append(f'<p style="{";".join(x for x in look if x)}">'
                    f'{f"<s>{text}</s>" if line.struck else text}</p>')
    return ('<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8">'
            f'{head}<style>@page{{size:A4;margin:37mm 26mm 35mm 28mm}}p{{margin:0;line-height:1.75}}'
            f'{css}</style></head><body>\n' + "\n".join(rows) + extra + "\n</body></html>\n")


def settled(made):
    """The same PDF without dates and with an identifier that depends on its content alone."""
    pdf = pikepdf.open(io.BytesIO(made))
    for key in ("/CreationDate", "/ModDate", "/Producer", "/Creator"):
        if key in pdf.docinfo:
            del pdf.docinfo[key]
    if "/Metadata" in pdf.Root:
        del pdf.Root.Metadata
    for key in ("/DocChecksum", "/ID"):
        if key in pdf.trailer:
            del pdf.trailer[key]
    return saved(pdf)


def saved(pdf, **more):
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True, fix_metadata_version=False,
             object_stream_mode=more.pop("objects", pikepdf.ObjectStreamMode.preserve), **more)
    return out.getvalue()


def rotated(made, degrees):
    """The PDF with its pages turned as a viewer turns them."""
    pdf = pikepdf.open(io.BytesIO(made))
    for page in pdf.pages:
        page.Rotate = degrees
    return saved(pdf)


def gbk(lines):
    """A PDF by hand, as old Chinese printers' drivers wrote it: text in GBK codes of a
    font that is named and not embedded (CMap GBK-EUC-H)."""
    fresh_fonts()
    drawn, y = [], A4[1] - TOP
    for line in lines:
        y -= line.before
        for text, x in wrapped(line, "hei"):
            y -= line.size * LEADING
            codes = text.encode("gbk").hex()
            drawn.append(f"BT /F1 {line.size} Tf {x:.2f} {y:.2f} Td <{codes}> Tj ET")
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(A4[0], A4[1]))
    descriptor = pdf.make_indirect(pikepdf.Dictionary(
        Type=pikepdf.Name.FontDescriptor, FontName=pikepdf.Name("/SimHei"), Flags=4, ItalicAngle=0,
        FontBBox=pikepdf.Array([0, -200, 1000, 900]), Ascent=859, Descent=-141, CapHeight=700, StemV=80))
    inner = pdf.make_indirect(pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.CIDFontType2, BaseFont=pikepdf.Name("/SimHei"),
        CIDSystemInfo=pikepdf.Dictionary(Registry="Adobe", Ordering="GB1", Supplement=2),
        FontDescriptor=descriptor, DW=1000, W=pikepdf.Array([814, 939, 500])))
    font = pdf.make_indirect(pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type0, BaseFont=pikepdf.Name("/SimHei"),
        Encoding=pikepdf.Name("/GBK-EUC-H"), DescendantFonts=pikepdf.Array([inner])))
    pdf.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    pdf.pages[0].Contents = pdf.make_stream("\n".join(drawn).encode())
    return saved(pdf)


def attach(made, name, content):
    """The PDF with a file attached inside."""
    pdf = pikepdf.open(io.BytesIO(made))
    stream = pdf.make_stream(content)
    stream.Type = pikepdf.Name.EmbeddedFile
    spec = pdf.make_indirect(pikepdf.Dictionary(
        Type=pikepdf.Name.Filespec, F=name, UF=name, EF=pikepdf.Dictionary(F=stream)))
    pdf.Root.Names = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(
        Names=pikepdf.Array([name, spec])))
    return saved(pdf)


def annotate(made, kind, text, rect=(72, 760, 240, 790)):
    """The PDF with an annotation on page 1: `FreeText` or `Text` (a sticky note)."""
    pdf = pikepdf.open(io.BytesIO(made))
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name("/" + kind), Rect=pikepdf.Array(rect),
        Contents=text, F=4)
    if kind == "FreeText":
        note.DA = "/Helv 16 Tf 0 g"
    pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(note)]))
    return saved(pdf)


def field(made, name, value, rect=(72, 760, 240, 790)):
    """The PDF with a filled form field on page 1."""
    pdf = pikepdf.open(io.BytesIO(made))
    made = pdf.make_indirect(pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T=name,
        V=value, Rect=pikepdf.Array(rect), F=4, DA="/Helv 14 Tf 0 g"))
    pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([made]))
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([made]), NeedAppearances=True)
    return saved(pdf)


def turned(text, angle=45, size=80, grey="CCCCCC"):
    """A drawer of a turned line across the page."""
    def draw(canvas):
        canvas.setFillColor(HexColor("#" + grey))
        canvas.setFont("hei", size)
        canvas.translate(A4[0] / 2, A4[1] / 2)
        canvas.rotate(angle)
        canvas.drawCentredString(0, 0, text)
    return draw


def scanned(text, size=(620, 877)):
    """A page that is a picture of a text and nothing else."""
    from PIL import Image, ImageDraw, ImageFont
    from reportlab.lib.utils import ImageReader
    picture = Image.new("L", size, 250)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype(TRUETYPE["song"][0], 22)
    for number, line in enumerate(text.split("\n")):
        draw.text((80, 90 + 38 * number), line, fill=30, font=font)
    shrunk = io.BytesIO()
    picture.convert("1").save(shrunk, "PNG")
    shrunk.seek(0)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    canvas.drawImage(ImageReader(shrunk), 0, 0, A4[0], A4[1])
    canvas.save()
    return out.getvalue()
