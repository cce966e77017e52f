"""corpora/marks: where a mark stands, what it may look like, how long it lasts,
and what it may stand against. One thing a document; the name says which."""

from dataclasses import replace

import docx_writer as word
import page
import paper
import plain
from page import Line, article
from prose import topic

PROVINCE = dict(head="沧屏省人民政府办公厅文件", signer="沧屏省人民政府办公厅")
CITY = dict(head="白鹭市人民政府办公室文件", signer="白鹭市人民政府办公室")
COUNTY = dict(head="柳汀县人民政府文件", signer="柳汀县人民政府")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def about(key, **more):
    heading, to, text = topic(key)
    return dict(heading=heading, to=to, paragraphs=text, **more)


def note(key):
    """The same topic without an official layout."""
    heading, _, text = topic(key)
    return article(heading, text)


def documents():
    yield from layouts()
    yield from terms()
    yield from places()
    yield from labels_and_portions()
    yield from forms()
    yield from conflicts()
    yield from related()


def layouts():
    yield "layout-2012-all-three-lines.docx", word.write(page.official_2012(
        **PROVINCE, **about("salt"), copy="000027", mark="机密★10年", urgency="特急",
        number="沧政办发〔2021〕31号", date="2021年5月18日"))
    yield "layout-2012-truetype-pieces.pdf", paper.reportlab(page.official_2012(
        **CITY, **about("lamps"), copy="000101", mark="机密★20年",
        number="鹭政办发〔2015〕9号", date="2015年4月9日"))
    yield "layout-2012-cff-identity.pdf", paper.typeset(page.official_2012(
        **COUNTY, **about("boats"), copy="000003", mark="秘密★5年", urgency="加急",
        number="柳政发〔2023〕40号", date="2023年4月25日"))
    yield "layout-2012-font-not-embedded.pdf", paper.reportlab(page.official_2012(
        **PROVINCE, **about("bridge"), copy="000001", mark="绝密★30年",
        number="沧政办发〔2019〕2号", date="2019年1月30日"), font="STSong-Light")
    yield "layout-2012-printed-by-office.pdf", paper.office(page.official_2012(
        **CITY, **about("uniform"), copy="000118", mark="机密★10年", urgency="特急",
        number="鹭政办发〔2023〕77号", date="2023年9月4日"))
    yield "layout-2012-gbk-codes.pdf", paper.gbk(page.official_2012(
        **COUNTY, **about("bins"), copy="000013", mark="机密★15年",
        number="柳政发〔2018〕52号", date="2018年11月6日"))
    yield "layout-2012-landscape-page.pdf", paper.rotated(paper.typeset(page.official_2012(
        **COUNTY, **about("paper"), copy="000015", mark="秘密★9年",
        number="柳政发〔2022〕11号", date="2022年2月21日")), 90)
    yield "layout-2012-text-with-spaces.txt", plain.write(page.official_2012(
        **CITY, **about("drain"), copy="000058", mark="秘密★10年",
        number="鹭政办发〔2020〕66号", date="2020年8月14日"))
    yield "layout-1999-level-and-term-right.pdf", paper.reportlab(page.official_1999(
        **CITY, **about("benches"), copy="0000012", mark="机密★20年", subject="城建　公园　请示",
        number="鹭政办发〔2010〕7号", date="二〇一〇年三月八日"))
    yield "layout-1999-spaced-level-expired.docx", word.write(page.official_1999(
        **COUNTY, **about("library"), mark="秘　密", subject="文化　图书　通知",
        number="柳政发〔2009〕15号", date="二○○九年六月二日"))
    yield "layout-1999-spaced-level-in-force.txt", plain.write(page.official_1999(
        **PROVINCE, **about("archive"), copy="0000340", mark="绝　密", urgency="加急",
        number="沧政办发〔2005〕88号", date="二〇〇五年九月十二日"), "gb18030", "\r\n")
    yield "layout-letter-under-the-rule.docx", word.write(page.letter(
        head="沧屏省气象局", **about("weather"), copy="000009", mark="秘密★3年",
        number="沧气函〔2025〕21号", signer="沧屏省气象局", date="2025年3月17日"))
    yield "layout-letter.pdf", paper.web(page.letter(
        head="柳汀县公路养护中心", **about("ferry"), copy="000016", mark="机密★6个月",
        number="柳路函〔2026〕5号", signer="柳汀县公路养护中心", date="2026年8月31日"))
    heading, to, text = topic("bins")
    yield "layout-order.docx", word.write(page.order(
        head="白鹭市城市管理局令", number="第6号", copy="000002", mark="秘密★2年",
        paragraphs=["《分类垃圾桶配置办法》已经局务会议通过，现予发布，自2026年6月1日起施行。"] + text,
        signer="局长　卓然", date="2026年5月11日"))
    heading, to, text = topic("flowers")
    yield "layout-minutes.pdf", paper.typeset(page.minutes(
        head="白鹭市人民政府常务会议纪要", number="第14期", issued="2024年9月30日", copy="000020",
        mark="机密★10年", paragraphs=text, present="卓然　文松涛　方芷若"))
    yield "layout-1987-stamped-level.docx", word.write([
        Line("机密", align="right", face="hei", color=page.RED),
        *page.official_1999(head="柳汀县革新农具厂文件", number="柳农具〔1987〕4号",
                            **about("nursery"), signer="柳汀县革新农具厂", date="一九八七年三月十日")])


def terms():
    yield "term-years-ran-out.docx", word.write(page.official_2012(
        **COUNTY, **about("trees"), copy="000044", mark="秘密★5年",
        number="柳政发〔2016〕22号", date="2016年7月1日"))
    yield "term-last-protected-day.docx", word.write(page.official_2012(
        **CITY, **about("pool"), copy="000005", mark="秘密★5年",
        number="鹭政办发〔2021〕90号", date="2021年11月23日"))
    yield "term-first-free-day.txt", plain.write(page.official_2012(
        **CITY, **about("bus"), copy="000006", mark="秘密★5年",
        number="鹭政办发〔2021〕89号", date="2021年11月22日"))
    yield "term-from-leap-day.pdf", paper.reportlab(page.official_2012(
        **COUNTY, **about("heating"), copy="000031", mark="秘密★1年",
        number="柳政发〔2024〕6号", date="2024年2月29日"))
    yield "term-months-over-year-end.txt", plain.write(page.official_2012(
        **COUNTY, **about("lift"), copy="000019", mark="秘密★6个月",
        number="柳政发〔2026〕33号", date="2026年8月31日"))
    yield "term-day-ahead.html", paper.markup(page.official_2012(
        **CITY, **about("bikes"), copy="000070", mark="机密★2027年12月31日",
        number="鹭政办发〔2025〕12号", date="2025年2月28日")).encode()
    yield "term-day-gone.docx", word.write(page.official_2012(
        **CITY, **about("uniform"), copy="000071", mark="秘密★2025年6月30日",
        number="鹭政办发〔2024〕45号", date="2024年6月6日"))
    yield "term-until-used.docx", word.write([
        Line("绝密★启用前", face="hei"),
        page.title("沧屏省普通话水平抽测试卷（第二套）"),
        *page.body(["一、朗读下列词语：凉亭、芦苇、木桨、风铃、石阶、稻穗。",
                    "二、朗读短文《渡口的早晨》，限时四分钟。",
                    "三、就“我家门前的路”说一段话，不少于三分钟。"])])
    yield "term-until-meeting.pdf", paper.web(page.official_2012(
        **CITY, **about("flowers"), copy="000011", mark="机密★会议开始前",
        number="鹭政办发〔2026〕70号", date="2026年10月9日"))
    yield "term-until-published.html", paper.markup(page.official_2012(
        **PROVINCE, **about("uniform"), copy="000095", mark="秘密★公布前",
        number="沧政办发〔2026〕18号", date="2026年4月7日")).encode()
    yield "term-without-end.docx", word.write(page.official_2012(
        **PROVINCE, **about("weather"), copy="000008", mark="绝密★长期",
        number="沧政办发〔2018〕3号", date="2018年2月12日"))
    yield "term-not-named.txt", plain.write(page.official_2012(
        **CITY, **about("tea"), copy="000014", mark="机密★",
        number="鹭政办发〔2022〕51号", date="2022年7月19日"), "utf-16")
    yield "term-over-maximum-mimi.pdf", paper.typeset(page.official_2012(
        **COUNTY, **about("paper"), copy="000002", mark="秘密★15年",
        number="柳政发〔2020〕17号", date="2020年4月22日"))
    yield "term-over-maximum-jimi.docx", word.write(page.official_2012(
        **CITY, **about("archive"), copy="000023", mark="机密★25年",
        number="鹭政办发〔2017〕80号", date="2017年12月5日"))
    yield "term-no-date-anywhere.docx", word.write(
        [Line("秘密★5年", face="hei")] + note("tea"))


def places():
    mark = Line("机密★5年", align="center", size=10.5, face="hei")

    def plain_body(key, date="2025年6月3日"):
        return note(key) + [Line("白鹭市园林绿化局", align="right", before=24),
                            Line(date, align="right")]

    yield "place-header.docx", word.write(
        plain_body("nursery"), lambda d: word.header(d, mark))
    yield "place-first-page-header.docx", word.write(
        plain_body("trees"), lambda d: word.header(d, mark, "first"))
    yield "place-footer.docx", word.write(
        plain_body("benches"), lambda d: word.footer(d, replace(mark, text="秘密★3年")))
    yield "place-running-header.pdf", paper.light(
        plain_body("flowers") + note("bus") + note("drain"), header="机密★5年")
    yield "place-running-footer.pdf", paper.typeset(
        plain_body("bikes") + [replace(x, page=n == 0) for n, x in enumerate(note("bins"))],
        footer="秘密★8年")
    yield "place-watermark-wordart.docx", word.write(
        plain_body("pool"), lambda d: word.watermark(d, "机密★5年"))
    yield "place-header-printed-by-office.pdf", paper.office(
        plain_body("ferry") + [replace(x, page=n == 0) for n, x in enumerate(note("lift"))],
        edit=lambda d: word.header(d, replace(mark, text="秘密★6年")))
    yield "place-watermark-turned.pdf", paper.light(
        plain_body("lift"), behind=paper.turned("秘密★5年"))
    yield "place-watermark-background.pdf", paper.typeset(
        plain_body("heating"), background="机密★3年")

    def box(writer, text):
        return lambda d: writer(d.paragraphs[0], text)

    yield "place-text-box-drawingml.docx", word.write(
        plain_body("library"), box(word.text_box_drawing, "机密★7年"))
    yield "place-text-box-vml.docx", word.write(
        plain_body("canteen"), box(word.text_box_vml, "秘密★4年"))
    yield "place-first-cell.docx", word.write(plain_body("paper"), lambda d: word.table(
        d, [["机密★5年", ""], ["编号", "园-041"], ["经办", "方芷若"]], at=0))
    yield "place-content-control.docx", word.write(
        plain_body("boats"), lambda d: word.content_control(d, "机密★5年"))
    yield "place-second-section-header.docx", word.write(
        plain_body("salt"), lambda d: word.second_section_header(d, mark))
    yield "place-custom-property.docx", word.write(
        plain_body("benches"), lambda d: word.custom_properties(
            d, [("密级", "机密"), ("保密期限", "5年")]))
    yield "place-title-property.docx", word.write(
        plain_body("ferry"), title="秘密★5年 渡口检验通报")
    yield "place-keywords-property.pdf", paper.light(
        plain_body("uniform"), info={"Keywords": "机密★5年"})
    yield "place-comment.docx", word.write(
        plain_body("bridge"), lambda d: word.comment(d, "机密★5年"))
    yield "place-sticky-note.pdf", paper.annotate(
        paper.light(plain_body("tea")), "Text", "机密★5年", (540, 780, 560, 800))
    yield "place-free-text.pdf", paper.annotate(
        paper.typeset(plain_body("salt")), "FreeText", "秘密★5年")
    yield "place-form-field.pdf", paper.field(
        paper.light(plain_body("lamps")), "mark", "机密★5年")
    yield "place-vanished-run.docx", word.write(
        [Line("机密★5年", face="hei")] + plain_body("drain"),
        lambda d: word.vanish(d.paragraphs[0].runs[0]))
    yield "place-white-letters.pdf", paper.light(
        [Line("秘密★5年", face="hei", color="FFFFFF")] + plain_body("bins"))
    yield "place-display-none.html", paper.markup(
        plain_body("boats"), extra='<div style="display:none">机密★5年</div>').encode()
    yield "place-tracked-deletion.docx", word.write(
        [Line("")] + plain_body("weather"), lambda d: word.deleted(d.paragraphs[0], "机密★5年"))
    yield "place-footnote.docx", word.write(
        plain_body("archive"), lambda d: word.footnote(d, "秘密★5年"))
    yield "（秘密★5年）苗圃巡查.docx", word.write(plain_body("nursery"))
    yield "place-mail-subject.eml", plain.mail(
        "机密★5年 龙舟赛看台图纸", "看台图纸已放在公共盘，请各组查看。\n", charset="gb18030")
    yield "place-mail-first-line.eml", plain.mail(
        "候车亭清洗", "秘密★5年\n\n候车亭清洗下周三开始，水车由公交场站调配。\n\n2025年6月3日\n",
        encoding="quoted-printable")
    marked = word.write(page.official_2012(
        **CITY, **about("boats"), copy="000090", mark="机密★5年",
        number="鹭政办发〔2024〕71号", date="2024年6月20日"))
    yield "place-mail-attachment.eml", plain.mail(
        "筹备材料", "各位：材料见附件。\n", [("筹备方案.docx", DOCX, marked)])
    yield "place-mail-in-mail.eml", plain.mail(
        "转发：筹备材料", "转给各位。\n", [("", "message/rfc822", plain.mail(
            "筹备材料", "材料见附件。\n", [("方案.docx", DOCX, marked)]))])
    yield "place-attachment-name.eml", plain.mail(
        "照片说明", "说明见附件。\n",
        [("秘密★5年-照片说明.txt", "text/plain", "照片拍摄于清明前后。\n".encode())])
    yield "place-zip-in-zip.zip", plain.archive([
        ("清单.txt", "内含一份材料。\n".encode()),
        ("二级/三级.zip", plain.archive([("方案.docx", marked)]))])
    yield "place-zip-member-gbk-name.zip", plain.archive([
        ("说明材料甲.txt", plain.write([Line("秘密★5年")] + note("paper")
                                   + [Line("2025年1月9日", align="right")], "gb18030")),
        ("照片目录乙丙.txt", "一、远景；二、近景。\n".encode("gb18030"))], gbk=True)
    yield "place-attached-in-pdf.pdf", paper.attach(
        paper.typeset(note("canteen")), "fangan.docx", marked)
    yield "place-embedded-in-word.docx", word.write(
        note("furniture"), lambda d: word.embed(d, "Microsoft_Word_Document1.docx", marked))
    yield "place-second-page-annex.docx", word.write(page.official_2012(
        **CITY, **about("salt"), copy="000033", mark="秘密★5年",
        number="鹭政办发〔2023〕19号", date="2023年3月1日") + [
            Line("附件", face="hei", page=True), Line("机密★10年", face="hei"),
            page.title("库房分布表"), *page.body(["东库、西库、北库各一处，面积见平面图。"])])


def labels_and_portions():
    yield "label-first-line.docx", word.write(
        [Line("密级：机密"), Line("保密期限：5年")] + note("bridge")
        + [Line("2024年12月2日", align="right")])
    yield "label-spaced-halfwidth.txt", plain.write(
        [Line("密 级: 秘密   保密期限: 3年")] + note("lift") + [Line("2025年5月6日", align="right")])
    yield "label-security-grade.pdf", paper.reportlab(
        [Line("保密等级：秘密", size=12), Line("档号：园科-2025-07", size=12)]
        + article("抗旱草种适应性试验报告", topic("nursery")[2])
        + [Line("2025年10月15日", align="right")])
    yield "label-cells.docx", word.write(note("weather"), lambda d: word.table(
        d, [["密级", "机密"], ["保密期限", "5年"], ["编制日期", "2025年4月1日"]], at=0))
    yield "label-cells.html", paper.markup(
        note("heating"), extra="<table><tr><th>密级</th><td>秘密</td></tr>"
        "<tr><th>制图</th><td>卓然</td></tr></table>").encode()
    yield "portion-round-brackets.docx", word.write(note("drain") + page.body([
        "（机密）泵站备用电源的切换顺序由值班长掌握，交接班时口头传达。",
        "其余部分可以张贴。"]) + [Line("2025年7月7日", align="right")])
    yield "portion-black-brackets.pdf", paper.typeset(note("bus") + page.body([
        "【秘密★5年】调度电台的备用频率见随附卡片。"]) + [Line("2025年7月8日", align="right")])


def forms():
    def official(key, mark, date="2024年8月8日", **more):
        return page.official_2012(**CITY, **about(key), copy="000061", mark=mark,
                                  number="鹭政办发〔2024〕60号", date=date, **more)

    yield "malformed-asterisk.txt", plain.write(official("bins", "机密*10年"))
    yield "malformed-middle-dot.docx", word.write(official("tea", "秘密·5年"))
    yield "malformed-brackets.pdf", paper.reportlab(official("bikes", "机密（10年）"))
    yield "malformed-order.docx", word.write(official("uniform", "10年★机密"))
    yield "malformed-hollow-star.pdf", paper.typeset(official("paper", "秘密☆5年"))
    yield "malformed-no-separator.html", paper.markup(official("lamps", "机密10年")).encode()
    yield "tolerated-ji-before-star.docx", word.write(official("canteen", "机密级★10年"))
    yield "tolerated-chinese-numeral.pdf", paper.web(official("flowers", "秘密★五年"))
    yield "tolerated-full-width.txt", plain.write(
        official("pool", "机密★１０年"), "gb18030", "\r\n")
    yield "tolerated-spaced.docx", word.write(official("library", "秘 密 ★ 5 年"))


def conflicts():
    yield "conflict-public-release.pdf", paper.reportlab(page.official_2012(
        **CITY, **about("boats"), copy="000081", mark="机密★10年", note="（此件公开发布）",
        number="鹭政办发〔2023〕8号", date="2023年2月2日"))
    yield "conflict-active-disclosure.docx", word.write(page.official_2012(
        **CITY, **about("trees"), copy="000082", mark="秘密★5年", note="（此件主动公开）",
        number="鹭政办发〔2024〕5号", date="2024年1月16日"))
    yield "conflict-on-request.txt", plain.write(page.official_2012(
        **COUNTY, **about("ferry"), copy="000083", mark="秘密★5年", note="（此件依申请公开）",
        number="柳政发〔2025〕3号", date="2025年1月6日"))
    yield "conflict-header-and-first-page.docx", word.write(page.official_2012(
        **CITY, **about("bridge"), copy="000084", mark="秘密★5年",
        number="鹭政办发〔2025〕9号", date="2025年2月18日"),
        lambda d: word.header(d, Line("机密★5年", align="center", size=10.5)))
    yield "conflict-two-marks.docx", word.write(page.official_2012(
        **CITY, **about("heating"), copy="000085", mark="秘密★5年",
        number="鹭政办发〔2024〕99号", date="2024年11月1日")[:2] + [Line("机密★10年", face="hei")]
        + page.official_2012(**CITY, **about("heating"), number="鹭政办发〔2024〕99号",
                             date="2024年11月1日"))
    yield "conflict-unclassified-label.html", paper.markup(
        [Line("密级：公开", size=12)] + page.official_2012(
            **CITY, **about("bus"), copy="000086", mark="秘密★5年",
            number="鹭政办发〔2025〕30号", date="2025年4月24日")).encode()
    yield "conflict-translation.pdf", paper.typeset(page.official_2012(
        **PROVINCE, **about("weather"), copy="000087", mark="绝密★20年",
        number="沧政办发〔2022〕1号", date="2022年1月4日"), header="CONFIDENTIAL")
    yield "change-old-mark-struck.docx", word.write([
        Line("000088"), Line("机密★10年", face="hei", struck=True), Line("秘密★5年", face="hei"),
        *page.official_2012(**CITY, **about("benches"), number="鹭政办发〔2024〕13号",
                            date="2024年3月5日")])
    yield "declassified-stamp.pdf", paper.reportlab([
        Line("已解密", align="right", face="hei", color=page.RED, size=22),
        Line("机密★20年", face="hei", struck=True),
        *page.official_2012(**CITY, **about("lamps"), number="鹭政办发〔2014〕2号",
                            date="2014年1月8日")])


def related():
    yield "related-internal-keep.docx", word.write(
        [Line("内部资料　注意保存", face="hei")] + note("boats"))
    yield "related-internal-not-outside.html", paper.markup(
        [Line("内部文件　不得外传", face="hei")] + note("benches")).encode()
    yield "related-work-secret.docx", word.write([Line("工作秘密", face="hei")] + note("lift"))
    yield "related-trade-secret.pdf", paper.typeset(
        [Line("青禾家具　核心商密　5年", face="hei", align="right")]
        + article("折叠椅铰链改进记录", topic("furniture")[2]))
    yield "related-star-on-internal.txt", plain.write([Line("内部★3年")] + note("paper"))
    yield "disclosure-withheld.docx", word.write(page.official_2012(
        **CITY, **about("archive"), number="鹭政办发〔2026〕20号", date="2026年3月12日",
        note="（此件不予公开）"))
    yield "scope-exam-papers.docx", word.write(article("关于试卷印刷和分发的工作安排", [
        "国家教育全国统一考试在启用之前的试题（包括副题）、参考答案和评分标准由印刷厂专人清点，装箱后贴双人签名的封条。",
        "运送车辆沿固定路线行驶，途中不停留。", "到达考点后由主考与押运员共同签收。"]))
    yield "scope-scores.txt", plain.write(article("成绩发布前的准备", [
        "尚未公布的考试成绩、统计数字和分析情况由数据组两人共同保管，查询系统在发布当日零时开通。",
        "咨询电话安排八条线路，值班至二十一时。"]))
