"""Presentations by python-pptx, packed anew so that the same text gives the same bytes."""

import io

from docx_writer import WHEN, repack
from pptx import Presentation
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Pt

TITLE_ONLY = 5


def write(titles, edit=None):
    """The bytes of a presentation with a slide for each title. `edit(presentation)`
    may change it before it is saved."""
    deck = Presentation()
    for title in titles:
        deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY]).shapes.title.text = title
    slim(deck)
    properties = deck.core_properties
    properties.author, properties.comments, properties.title = "", "", ""
    properties.created = properties.modified = WHEN
    properties.last_modified_by, properties.revision = "", 1
    if edit:
        edit(deck)
    out = io.BytesIO()
    deck.save(out)
    return repack(out.getvalue(), {})


def slim(deck):
    """Leaves out the layouts nobody uses."""
    for layout in list(deck.slide_layouts):
        if not layout.used_by_slides:
            deck.slide_layouts.remove(layout)


def text_box(slide, text, left=72, top=200, width=300, height=40):
    """A text box, its place in points; the shape."""
    box = slide.shapes.add_textbox(Pt(left), Pt(top), Pt(width), Pt(height))
    box.text_frame.text = text
    return box


def on_master(deck, text):
    """A text box that stands on every slide."""
    box = text_box(deck.slides[0], text, top=500)
    deck.slide_masters[0].shapes._spTree.append(box._element)


def table(slide, rows):
    frame = slide.shapes.add_table(len(rows), len(rows[0]), Pt(72), Pt(200), Pt(400), Pt(80))
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            frame.table.cell(row, column).text = text


def footer(slide, text):
    """What stands at the foot of one slide."""
    slide.shapes._spTree.append(parse_xml(
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="90" name="Footer"/><p:cNvSpPr/>'
        f'<p:nvPr><p:ph type="ftr" sz="quarter" idx="11"/></p:nvPr></p:nvSpPr><p:spPr/>'
        f"<p:txBody><a:bodyPr/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"))
