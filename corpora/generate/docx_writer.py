"""Word files by python-docx, packed anew so that the same text gives the same bytes."""

import datetime
import io
import zipfile
from dataclasses import replace

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

FACES = {"song": "仿宋_GB2312", "hei": "黑体", "kai": "楷体_GB2312"}
ALIGNS = {"left": ALIGN.LEFT, "right": ALIGN.RIGHT, "center": ALIGN.CENTER, "para": ALIGN.JUSTIFY}
WHEN = datetime.datetime(2026, 1, 1)
CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
CUSTOM_REL = ("http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
              "custom-properties")


def write(lines, edit=None, files=None, title=""):
    """The bytes of a Word file. `edit(document)` may change it before it is saved;
    `files` are further members of the package or replacements, by name."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.left_margin = Mm(37), Mm(28)
    section.right_margin, section.bottom_margin = Mm(26), Mm(35)
    for line in lines:
        put(document.add_paragraph(), line)
    properties = document.core_properties
    properties.author, properties.comments, properties.title = "", "", title
    properties.created = properties.modified = WHEN
    properties.last_modified_by, properties.revision = "", 1
    if edit:
        edit(document)
    slim(document)
    out = io.BytesIO()
    document.save(out)
    return repack(out.getvalue(), files or {})


KEPT = {"Normal", "Header", "Footer", "Table Grid", "Normal Table", "Default Paragraph Font",
        "annotation text", "annotation reference"}


def slim(document):
    """Leaves out the styles nobody uses: most of python-docx's template."""
    styles = document.styles.element
    for style in list(styles.iterchildren(qn("w:style"), qn("w:latentStyles"))):
        name = style.find(qn("w:name"))
        if name is None or name.get(qn("w:val")).lower() not in {k.lower() for k in KEPT}:
            styles.remove(style)
    rels = document.part.rels
    for key in [k for k, rel in rels.items() if rel.reltype.endswith(("stylesWithEffects", "numbering"))]:
        del rels[key]


def put(paragraph, line):
    """One line as one paragraph."""
    form = paragraph.paragraph_format
    form.alignment = ALIGNS[line.align]
    form.space_before, form.space_after = Pt(line.before), Pt(0)
    form.page_break_before = line.page or None
    if line.align == "para":
        form.first_line_indent = Pt(line.size * 2)
    if line.rule:
        borders = parse_xml(
            f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="12" w:space="1" '
            f'w:color="{line.rule}"/></w:pBdr>')
        paragraph._p.get_or_add_pPr().append(borders)
    style(paragraph.add_run(line.text), line)
    return paragraph


def style(run, line):
    run.font.size = Pt(line.size)
    run.font.name = FACES[line.face]
    run._r.get_or_add_rPr().rFonts.set(qn("w:eastAsia"), FACES[line.face])
    run.bold = line.bold or None
    run.font.strike = line.struck or None
    if line.color:
        run.font.color.rgb = RGBColor.from_string(line.color)
    return run


def repack(package, files):
    """The same package with fixed dates, members in order of their names."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old:
        members = {name: old.read(name) for name in old.namelist()}
    members.update(files)
    members.pop("docProps/thumbnail.jpeg", None)
    rels = members["_rels/.rels"].decode()
    cut = rels.find("thumbnail")
    if cut > 0:
        start, end = rels.rfind("<Relationship ", 0, cut), rels.find("/>", cut) + 2
        members["_rels/.rels"] = (rels[:start] + rels[end:]).encode()
    first = ["[Content_Types].xml", "_rels/.rels"]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in first + sorted(set(members) - set(first)):
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(entry, members[name])
    return out.getvalue()


# --- places a mark can stand in ------------------------------------------------

def header(document, line, kind="default"):
    section = document.sections[0]
    if kind == "first":
        section.different_first_page_header_footer = True
        where = section.first_page_header
    elif kind == "even":
        document.settings.odd_and_even_pages_header_footer = True
        where = section.even_page_header
    else:
        where = section.header
    where.is_linked_to_previous = False
    put(where.paragraphs[0], line)


def footer(document, line):
    where = document.sections[0].footer
    where.is_linked_to_previous = False
    put(where.paragraphs[0], line)


def watermark(document, text):
    """A WordArt watermark as Word puts it: VML behind the header."""
    where = document.sections[0].header
    where.is_linked_to_previous = False
    where.paragraphs[0]._p.append(parse_xml(f'''<w:r {nsdecls("w")}
      xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"><w:pict>
      <v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800"
       path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/>
       <v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/>
       <v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/>
       <v:f eqn="if @0 @4 21600"/></v:formulas><v:path textpathok="t" o:connecttype="custom"
       o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" o:connectangles="270,180,90,0"/>
       <v:textpath on="t" fitshape="t"/><o:lock v:ext="edit" text="t" shapetype="t"/></v:shapetype>
      <v:shape id="PowerPlusWaterMarkObject1" o:spid="_x0000_s2049" type="#_x0000_t136"
       style="position:absolute;width:415pt;height:207pt;rotation:315;z-index:-251658752;mso-position-horizontal:center;mso-position-horizontal-relative:margin;mso-position-vertical:center;mso-position-vertical-relative:margin"
       fillcolor="silver" stroked="f"><v:textpath style="font-family:&quot;宋体&quot;;font-size:1pt" string="{text}"/></v:shape>
      </w:pict></w:r>'''))


def text_box_drawing(paragraph, text):
    """A DrawingML text box with its VML double, as Word saves both."""
    inner = f'<w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent>'
    paragraph._p.append(parse_xml(f'''<w:r {nsdecls("w", "wp", "a")}
      xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
      xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
      xmlns:v="urn:schemas-microsoft-com:vml"><mc:AlternateContent><mc:Choice Requires="wps">
      <w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1"
        behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>
        <wp:positionH relativeFrom="page"><wp:posOffset>1008000</wp:posOffset></wp:positionH>
        <wp:positionV relativeFrom="page"><wp:posOffset>1080000</wp:posOffset></wp:positionV>
        <wp:extent cx="1800000" cy="360000"/><wp:wrapNone/><wp:docPr id="7" name="文本框 7"/>
        <a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">
        <wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr/><wps:txbx>{inner}</wps:txbx><wps:bodyPr/></wps:wsp>
        </a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice>
      <mc:Fallback><w:pict><v:shape style="width:140pt;height:28pt"><v:textbox>{inner}</v:textbox>
        </v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>'''))


def text_box_vml(paragraph, text):
    paragraph._p.append(parse_xml(f'''<w:r {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml">
      <w:pict><v:shape id="box1" style="position:absolute;width:140pt;height:28pt"><v:textbox>
      <w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape>
      </w:pict></w:r>'''))


def deleted(paragraph, text):
    """A tracked deletion."""
    paragraph._p.append(parse_xml(
        f'<w:del {nsdecls("w")} w:id="90" w:author="编辑" w:date="2026-01-01T00:00:00Z">'
        f'<w:r><w:delText xml:space="preserve">{text}</w:delText></w:r></w:del>'))


def vanish(run):
    run.font.hidden = True


def table(document, rows, at=None):
    """A grid of cells, after the body or before paragraph number `at`."""
    grid = document.add_table(rows=len(rows), cols=len(rows[0]))
    grid.style = "Table Grid"
    for row, texts in zip(grid.rows, rows):
        for cell, text in zip(row.cells, texts):
            cell.text = text
    if at is not None:
        document.paragraphs[at]._p.addprevious(grid._tbl)
    return grid


def comment(document, text, on=0):
    paragraph = document.paragraphs[on]
    made = document.add_comment(paragraph.runs, text=text, author="校对", initials="校")
    made._comment_elm.set(qn("w:date"), "2026-01-01T00:00:00Z")


def alt_text(paragraph, text):
    """A picture (a 1 × 1 dot) with an alternative text."""
    from PIL import Image
    dot = io.BytesIO()
    Image.new("RGB", (1, 1), "white").save(dot, "PNG")
    dot.seek(0)
    paragraph.add_run().add_picture(dot, width=Mm(30))
    paragraph._p.xpath(".//wp:docPr")[0].set("descr", text)


def custom_properties(document, values):
    """Custom document properties (docProps/custom.xml)."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    rows = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{at}" name="{name}">'
        f'<vt:lpwstr>{value}</vt:lpwstr></property>' for at, (name, value) in enumerate(values, 2))
    xml = ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties '
           'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
           'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
           f'{rows}</Properties>')
    package = document.part.package
    part = Part(PackURI("/docProps/custom.xml"), CUSTOM_TYPE, xml.encode(), package)
    package.relate_to(part, CUSTOM_REL)


def content_control(document, text):
    """A content control (w:sdt) before the first paragraph."""
    document.paragraphs[0]._p.addprevious(parse_xml(
        f'<w:sdt {nsdecls("w")}><w:sdtPr><w:tag w:val="miji"/></w:sdtPr><w:sdtContent><w:p><w:r>'
        f'<w:t>{text}</w:t></w:r></w:p></w:sdtContent></w:sdt>'))


def second_section_header(document, line):
    """A further section with a header of its own; the first has none."""
    section = document.add_section()
    section.header.is_linked_to_previous = False
    put(section.header.paragraphs[0], line)
    put(document.add_paragraph(), replace(line, text="附表另发。", align="para"))


def embed(document, name, content):
    """Another Word file embedded as an object."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    part = Part(PackURI(f"/word/embeddings/{name}"), kind, content, document.part.package)
    rel = document.part.relate_to(
        part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/package")
    document.paragraphs[-1]._p.append(parse_xml(
        f'<w:r {nsdecls("w", "r")} xmlns:o="urn:schemas-microsoft-com:office:office"><w:object>'
        f'<o:OLEObject Type="Embed" ProgID="Word.Document.12" ShapeID="_x0000_i1025" '
        f'DrawAspect="Icon" ObjectID="_1" r:id="{rel}"/></w:object></w:r>'))


def drawing(document, content):
    """A metafile, which the first paragraph shows."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    part = Part(PackURI("/word/media/image1.emf"), "image/x-emf", content, document.part.package)
    rel = document.part.relate_to(
        part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image")
    document.paragraphs[0]._p.append(parse_xml(
        f'<w:r {nsdecls("w", "r")} xmlns:v="urn:schemas-microsoft-com:vml"><w:pict>'
        f'<v:shape style="width:200pt;height:40pt"><v:imagedata r:id="{rel}"/></v:shape></w:pict></w:r>'))


def footnote_files(text):
    """Members that add a footnote; the body refers to it by `footnote_reference`."""
    return {"word/footnotes.xml": (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:footnotes {nsdecls("w")}><w:footnote w:type="separator" w:id="-1"><w:p><w:r>'
        '<w:separator/></w:r></w:p></w:footnote>'
        f'<w:footnote w:id="2"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote>'
        '</w:footnotes>').encode()}


def footnote(document, text):
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    xml = footnote_files(text)["word/footnotes.xml"]
    part = Part(PackURI("/word/footnotes.xml"), kind, xml, document.part.package)
    document.part.relate_to(
        part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes")
    document.paragraphs[-1]._p.append(parse_xml(
        f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>'))
