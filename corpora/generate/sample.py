"""corpora/sample: the folder a disclosure reviewer has on the desk on a Monday morning."""

import docx_writer as word
import page
import paper
import plain
from page import Line, article
from prose import topic


def documents():
    heading, to, text = topic("salt")
    yield "沧路养〔2024〕17号.docx", word.write(page.official_2012(
        copy="000036", mark="秘密★5年", head="沧屏省公路养护中心文件", number="沧路养〔2024〕17号",
        heading=heading, to=to, paragraphs=text + [
            "附表所列三处中转库的储量仅供调度使用。"],
        signer="沧屏省公路养护中心", date="2024年10月11日"))

    heading, to, text = topic("lamps")
    yield "路灯时刻商请函.pdf", paper.typeset(page.letter(
        head="白鹭市城市管理局", number="鹭城管函〔2026〕52号", heading=heading, to=to,
        paragraphs=text, signer="白鹭市城市管理局", date="2026年9月3日"))

    heading, to, text = topic("canteen")
    yield "食堂供餐时间.html", paper.markup(article(heading, [to] + text, "后勤服务科")).encode()

    heading, to, text = topic("weather")
    yield "2013年巡检报告.pdf", paper.reportlab(page.official_2012(
        copy="000004", mark="秘密★3年", head="柳汀县气象局文件", number="柳气发〔2013〕8号",
        heading=heading, to=to, paragraphs=text, signer="柳汀县气象局", date="2013年4月2日"))

    yield "计算机密码更换提醒.txt", plain.write(article("计算机密码更换提醒", [
        "各位同事：计算机密码使用满九十天的，请在本周内更换。新密码不少于十位，不要与手机密码相同。",
        "忘记密码的，持工作证到信息中心窗口办理，不要用电话报送密码。"], "信息中心"), "gb18030", "\r\n")

    heading, to, text = topic("furniture")
    yield "会议室桌椅更新（定稿）.docx", word.write(page.official_2012(
        head="白鹭市机关事务局文件", number="鹭机管〔2026〕11号", heading=heading, to=to,
        paragraphs=text, signer="白鹭市机关事务局", date="2026年5月20日",
        note="（此件公开发布）"))

    heading, _, text = topic("bridge")
    marked = word.write(page.official_2012(
        copy="000112", mark="机密★10年", urgency="加急", head="沧屏省交通运输厅文件",
        number="沧交函〔2025〕3号", heading="关于重点桥梁夜间通行方案的通知", to="各市交通运输局：",
        paragraphs=text, signer="沧屏省交通运输厅", date="2025年2月6日"))
    yield "汛前桥梁检查材料.zip", plain.archive([
        ("说明.txt", "随信寄上汛前桥梁检查的三份材料，请查收。\n".encode()),
        ("表格/伸缩缝登记表.html", paper.markup(article("伸缩缝登记表", text)).encode()),
        ("方案/夜间通行方案.docx", marked)])

    heading, _, text = topic("trees")
    press = word.write(article("望鹭大道行道树开始冬季修剪", text, "供稿：白鹭市园林绿化局"))
    yield "媒体稿件送审.eml", plain.mail(
        "关于行道树修剪的新闻稿", "李编辑：\n\n附件是今天的稿子，照片随后补上。\n\n园林局 方芷若\n",
        [("行道树修剪.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
          press)])

    yield "密码箱借用登记.pdf", paper.web(article("密码箱借用登记办法", [
        "密码箱由综合科保管，借用人登记姓名、用途和归还日期，密码由借用人自行设定，归还时恢复为出厂值。",
        "箱内不得存放现金和易燃物品。",
        "钥匙遗失的，由保管员联系厂家换锁，费用由借用人承担。"]))

    yield "征求意见回复汇总.docx", word.write(
        [Line("内部资料　注意保存", face="hei")] + article("征求意见回复汇总", [
            "共收到回复二十六份，其中同意的二十一份，提出修改意见的五份，主要集中在停车收费时段和绿化补植标准两处。",
            "拟采纳四条，一条留待年底统筹研究。"]))

    yield "加密的附件.zip", plain.locked_archive(
        [("报价明细.txt", "桌子每张六百八十元，椅子每把一百二十元。\n".encode())], b"bailu2026")

    yield "扫描件.pdf", paper.scanned(
        "会议签到表\n\n时间：九月十二日上午九时\n地点：二号楼三层\n\n签到：\n文松涛　方芷若　卓然")
