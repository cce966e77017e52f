"""Workbooks by openpyxl, packed anew so that the same text gives the same bytes."""

import io

from docx_writer import WHEN, repack
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.xml.functions import tostring


def write(sheets, edit=None):
    """The bytes of a workbook with these sheets: name and rows. `edit(book)` may
    change it before it is saved."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    properties = book.properties
    properties.creator, properties.created = "", WHEN
    if edit:
        edit(book)
    out = io.BytesIO()
    book.save(out)
    # The library writes the time it saved.
    properties.modified = WHEN
    return repack(out.getvalue(), {"docProps/core.xml": tostring(properties.to_tree())})


def dates(book):
    book.active["E1"].number_format = 'yyyy"年"m"月"d"日"'


def hide(book):
    sheet = book.active
    sheet.column_dimensions["B"].hidden = True
    sheet.row_dimensions[2].hidden = True
    book.worksheets[1].sheet_state = "veryHidden"


def margins(book):
    sheet = book.active
    sheet.oddHeader.left.text, sheet.oddHeader.center.text = "左眉", "&A"
    sheet.oddHeader.center.size, sheet.oddHeader.center.font = 16, "黑体,加粗"
    sheet.oddFooter.right.text = "第&P页"
    sheet.evenHeader.center.text = "不印的偶数页"


def looks(book):
    sheet = book.active
    sheet["A1"] = CellRichText("前", TextBlock(InlineFont(b=True, sz=16, color="FF0000"), "红"),
                               TextBlock(InlineFont(color="FFFFFF"), "白"))
    sheet["B1"].value, sheet["B1"].font = "白字", Font(color="FFFFFF")
    sheet["C1"].value, sheet["C1"].font = "划去", Font(strike=True)
    sheet["C1"].alignment = Alignment(horizontal="center")


def beside(book):
    sheet = book.active
    sheet["A1"].comment = Comment("批注文字", "某人")
    rule = DataValidation(type="list", formula1='"甲,乙"', promptTitle="题", prompt="提示")
    rule.add("A1")
    sheet.add_data_validation(rule)
    book.defined_names["名字"] = DefinedName("名字", attr_text='"名下的字"')


def chart(book):
    sheet = book.active
    drawn = BarChart()
    drawn.title = "图题"
    drawn.add_data(Reference(sheet, min_col=2, min_row=1, max_row=2), titles_from_data=True)
    drawn.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=2))
    sheet.add_chart(drawn, "D1")


def formats(book):
    sheet = book.active
    sheet["A1"].number_format, sheet["B1"].number_format = '"机密★"0"年"', ";;;"
