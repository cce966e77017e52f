"""corpora/traps: ordinary documents that a careless reader takes for marked ones."""

import docx_writer as word
import page
import paper
import plain
from page import Line, article, para
from prose import topic


def text(lines, *, encoding="utf-8", newline="\n"):
    return plain.write(lines, encoding, newline)


def html(lines, **more):
    return paper.markup(lines, **more).encode()


def documents():
    yield from word_boundaries()
    yield from spoken_about()
    yield from tests_and_templates()
    yield from prose()
    yield from stars()
    yield from english()
    yield from ordinary()


def word_boundaries():
    yield "word-computer-password.docx", word.write([
        page.title("计算机密码"), para("计算机密码由使用人自行设定，首次登录后立即修改。"),
        para("连续输错五次的，计算机锁定十五分钟。"), Line("计算机密码服务台：三楼东侧", before=12)])
    yield "word-phone-password.html", html(article("老年大学手机课第三讲", [
        "手机密码忘了怎么办？先别急着反复试，等一分钟再输。图案、数字、指纹三种方式可以同时打开。",
        "支付用的密码要和手机密码分开，写在纸上时不要写全。"]))
    yield "word-host-key.txt", text(article("换新服务器后的连接提示", [
        "第一次连接时会显示主机密钥的指纹，请与机房公布的一致后再输入 yes。",
        "若提示主机密钥已变更，先打电话核实，不要直接删除旧记录。"]), newline="\r\n")
    yield "word-dense-graded-asphalt.docx", word.write(
        article("下面层施工小结", ["下面层采用密级配沥青混凝土，厚七厘米，出料温度一百六十摄氏度。"]),
        lambda d: word.table(d, [["类型", "最大粒径", "层位"], ["密级配", "19毫米", "上面层"],
                                 ["半开级配", "26.5毫米", "下面层"]]))
    yield "word-dense-graded-line-start.pdf", paper.light([
        page.title("混合料设计说明"), Line("一、材料"), para("石料取自青石坡料场，沥青为七十号。"),
        Line("二、级配"), Line("密级配：细集料偏多，孔隙率百分之三到五。"),
        Line("紧密级配与骨架级配的比较见下表。"), Line("稠密级：适用于人行道。")])
    yield "word-aircraft-seal.pdf", paper.typeset(article("小飞机模型制作比赛规则", [
        "参赛飞机密封舱须能承受一分钟淋水，舱内放置的纸条不得浸湿。",
        "遥控飞机密切配合地面裁判的旗语起降，违者扣两分。"]))
    yield "word-driver.txt", text(article("班车司机须知", [
        "司机密切关注上下学时段的路口，遇雾减速，司机密码锁由车队长每月更换。",
        "发车前检查轮胎、灯光和灭火器。"]), encoding="gb18030")
    yield "word-sealant.html", html(article("幕墙用胶进场检验", [
        "有机密封胶每五十箱抽一箱，检查生产日期和硬度；无机密封胶另行送检。",
        "雨天和五摄氏度以下不得打胶。"]))
    yield "word-refuse-private-talk.docx", word.write(article("招标评审纪律提示", [
        "评审专家应当拒绝密谈和私下接触，杜绝密集走动，通信工具统一存放。",
        "隔绝密封的评审室设在四楼，茶水由工作人员送入。"]))
    yield "word-mystery-room.html", html(article("科技馆暑期活动：神秘密室", [
        "“神秘密室”每场六人，解开三道光学题即可出门。“奥秘密码”展区用凯撒方块讲替换。",
        "七岁以下儿童须由家长陪同。"]))
    yield "word-crisis.txt", text(article("读史札记", [
        "那年秋天危机密布，商号却还在投机密集的铜钱，城里的米价一日三变。",
        "契机密不可分地系在一条运河上，水一通，人心也就定了。"]))
    yield "word-broken-at-line-end.txt", (
        "机房搬迁通知\n\n本周六上午搬迁机房，届时各科室的计算机\n密码验证会中断两小时，请提前保存文件。\n"
        "同行的司\n机\n密切配合装卸，车停北门。\n").encode()
    yield "word-precision-grade.pdf", paper.light([
        page.title("轴承选型表"), Line("精密级：二级"), Line("紧密级：一级"), Line("致密级：不适用"),
        para("精密级轴承用于转台，普通级用于输送辊。密级配套的润滑脂另购。")])
    yield "word-neighbour-cells.docx", word.write(
        article("行李寄存登记", ["寄存人自行上锁。"]), lambda d: word.table(
            d, [["寄存人", "物品", "备注"], ["王司机", "密码箱", "一只"], ["李技师", "机", "密封袋三个"]]))
    yield "word-ballot.docx", word.write(article("业主委员会选举办法", [
        "（秘密投票）选举采用无记名方式，会场设秘密写票处三个。",
        "计票人当场开箱，监票人复核，结果张贴七日。"]))
    yield "word-level-in-compound.txt", text(article("档案柜选购对比", [
        "保密柜、密集架、防磁柜三种各有所长。机械密码锁结实，电子锁方便。",
        "绝缘密封条每三年换一次，内部结构见附图，内部尺寸以实测为准。"]))


def spoken_about():
    yield "quoted-training-notes.docx", word.write(article("新员工保密常识要点", [
        "国家秘密标志由三部分组成，例如“机密★10年”，前面是密级，中间是五角星，后面是保密期限。",
        "问：只写“秘密★”行不行？答：不写期限的，按最长期限认定，不要这样写。",
        "看到带有标志的文件，不拍照、不转发、不带出办公区。"], "综合科讲义"))
    yield "quoted-invented-rules.pdf", paper.typeset(article("沧屏省机关文件标志办法（讨论稿摘录）", [
        "第五条　国家秘密文件应当在首页左上角标注密级和保密期限，标注形式为“密级★保密期限”。",
        "第六条　保密期限以年计的，标注为“秘密★5年”；以月计的，标注为“秘密★6个月”。",
        "第七条　不属于国家秘密的文件，不得标注“★”。"]))
    yield "quoted-invented-statute.html", html(article("白鹭市文件管理条例（虚构示例）", [
        "第十二条　国家秘密的密级分为绝密、机密、秘密三级。",
        "第十三条　绝密级国家秘密保密期限不超过三十年，机密级不超过二十年，秘密级不超过十年。",
        "第十四条　机关应当每年审核所确定的国家秘密。"]))
    yield "quoted-manual-sample.docx", word.write([
        page.title("公文排版手册"), para("三、密级和保密期限"),
        para("用三号黑体字顶格编排在版心左上角第二行，数字用阿拉伯数字。示例如下："),
        para("“机密★5年”"), para("四、紧急程度"), para("顶格编排在版心左上角，位于密级之下。示例：特急")])
    yield "quoted-questions-answers.txt", text([
        page.title("窗口常见问答"), Line("问：文件右上角写着“机密★20年”，能复印吗？"),
        Line("答：不能自行复印，请找保密员。"), Line("问：“绝密★启用前”的试卷考完还保密吗？"),
        Line("答：看解密条件是否成就，由出卷单位说明。")])
    yield "quoted-source-code.txt", (
        '# 从标题行里认出密级\nLEVELS = ["绝密", "机密", "秘密"]\n\n\ndef parse(line):\n'
        '    """parse("机密★10年") 返回 ("机密", "10年")。"""\n'
        '    level, _, term = line.partition("★")\n    return (level, term) if level in LEVELS else None\n\n\n'
        'assert parse("秘密★5年") == ("秘密", "5年")\nassert parse("通知") is None\n').encode()
    yield "quoted-news.html", html(article("办公室里的一张照片", [
        "某单位职员为图省事，用手机拍下标有“秘密★3年”字样的表格发到工作群，次日被同事举报。",
        "单位随即开展自查，当事人被通报批评，并重新参加培训。", "专家提醒：随手一拍，可能就是一次泄露。"],
        "《雁洲晚报》记者　苏禾"))
    yield "quoted-fiction.txt", text(article("长篇连载：雾中电台（十七）", [
        "他推开抽屉，最上面一只牛皮纸袋，封口盖着红戳，写着“绝密★长期”四个字带一颗星。",
        "老周把烟按灭：“这袋子，我们谁也没见过。”窗外的汽笛响了两声，雾更浓了。"]), encoding="gb18030")
    yield "quoted-oa-help.pdf", paper.web(article("公文系统操作手册（节选）", [
        "拟稿时在“密级”下拉框中选择密级，可选项为：公开、内部、秘密、机密、绝密，默认为公开。",
        "选择秘密及以上时必须填写保密期限，系统自动在正文左上角生成形如“机密★10年”的标志。",
        "本系统为非涉密系统，正式环境中后三项不可选。"]))
    yield "quoted-english-guide.docx", word.write(article("How to read Chinese document marks", [
        "A mark such as “机密★10年” gives the level, a five-pointed star and the term in years.",
        "The three levels are 绝密 (top secret), 机密 (secret or confidential) and 秘密 (confidential).",
        "Old papers show the level alone at the top right, for example “机　密”."]))
    yield "quoted-translation-list.txt", text([
        page.title("术语对照"), Line("绝密　top secret"), Line("机密　secret"), Line("秘密　confidential"),
        Line("密级　classification level"), Line("保密期限　period of classification"),
        Line("解密　declassification")])
    yield "quoted-lecture.pdf", paper.light([
        page.title("公文写作第八讲"), para("请看下面三种写法，哪一种规范？"),
        para("写法甲“机密 10年”，缺少五角星；写法乙“机密★10年”，正确；写法丙“10年★机密”，顺序颠倒。"),
        para("课后练习：把自己单位去年的发文找三份，核对版头要素是否齐全。")])


def tests_and_templates():
    yield "quiz-single-choice.docx", word.write([
        page.title("公文知识测验"), Line("1. 下列密级标志书写正确的是（　　）。"),
        Line("A. 机密★10年"), Line("B. 10年★机密"), Line("C. 机密·10年"), Line("D. 机密（10年）"),
        Line("2. 公文用纸一般采用（　　）。"), Line("A. A4型　B. 16开　C. B5型　D. 8开")])
    yield "quiz-options-in-lines.txt", text([
        Line("单项选择题（每题2分）"), Line("7. 国家秘密的密级不包括："), Line("A、绝密"), Line("B、机密"),
        Line("C、秘密"), Line("D、内部"), Line("8. 秘密级国家秘密的保密期限一般不超过："),
        Line("A、5年"), Line("B、10年"), Line("C、20年"), Line("D、30年"), Line("答案：7.D　8.B")])
    yield "quiz-fill-in.html", html([
        page.title("填空练习"), Line("1. 国家秘密标志为（　　）★保密期限。"),
        Line("2. 秘密★______年，表示保密期限。"), Line("3. 公文标题由发文机关、（　　）和文种组成。")])
    yield "quiz-true-false.pdf", paper.typeset([
        page.title("判断题"), Line("（　）1. 机密★5年，表示自产生之日起满五年解密。"),
        Line("（　）2. 绝密级文件可以邮寄。"), Line("（　）3. 纪要不加盖印章。"),
        Line("（√）4. 密级和保密期限之间用五角星隔开。")])
    yield "quiz-answer-key.txt", text([
        Line("参考答案"), Line("一、1. B　2. A　3. 机密★10年　4. 对　5. 错"),
        Line("二、6. 绝密、机密、秘密　7. 三十年、二十年、十年"), Line("三、略")], encoding="gb18030")
    yield "template-placeholder.docx", word.write(page.official_2012(
        head="×××××文件", number="××〔20××〕×号", copy="××××××", mark="密级★保密期限",
        heading="关于×××××的通知", to="×××××：", paragraphs=["正文×××××××××。"],
        signer="×××××", date="20××年×月×日"))
    yield "template-crosses.txt", text([
        Line("〔密级〕★〔期限〕"), Line("×密★×年"), page.title("（公文标题）"), Line("（主送机关）："),
        para("（正文）"), Line("（署名）", align="right"), Line("（成文日期）", align="right")])
    yield "template-blank-label.docx", word.write([
        Line("密级：＿＿＿＿　　保密期限：＿＿＿＿"), page.title("课题申请书"), Line("课题名称："),
        Line("申请人："), Line("申请日期：　　年　　月　　日")])
    yield "template-tick-boxes.html", html([
        page.title("拟公开信息审查单"), Line("信息名称：雁洲湿地观鸟平台建成"),
        Line("密级：□绝密　□机密　□秘密　☑无"), Line("审查内容：□涉及国家秘密　☑不涉及国家秘密"),
        Line("承办人：文松涛　　日期：2026年4月20日")])
    yield "template-form.pdf", paper.light([
        page.title("文件借阅登记表"), Line("文件名称：　　　　　　　　文号："),
        Line("密级（绝密/机密/秘密/公开）："), Line("借阅人：　　　　　　　　归还日期："),
        Line("说明：密级一栏由管理员填写。", size=12)])


def prose():
    yield "prose-garden.txt", text(article("秘密花园开放公告", [
        "湖心岛北侧的“秘密花园”本周六起对外开放，园内有藤本月季和绣球两个主题区。",
        "孩子们可以凭集章卡换一包花种。花园的秘密，请你自己来找。"]))
    yield "prose-recipe.html", html(article("外婆的绝密配方", [
        "做好这道梅干菜烧肉，绝密在于三次焯水和一勺桂花酱。配方传了三代，今天公开给大家。",
        "火候的机密只有四个字：小火慢煨。"]))
    yield "prose-history.pdf", paper.typeset(article("山道上的邮差", [
        "战争年代，雁洲一带有一条秘密交通线，邮差把信缝进棉袄，走夜路翻过三座山。",
        "机密文件往往抄在薄薄的竹纸上，遇险时可以吞下。这些故事如今刻在村口的石碑上。"], "乡土读本第四辑"))
    yield "prose-duty.docx", word.write(article("公民的一项义务", [
        "保守国家秘密是公民的基本义务。国家秘密分为绝密、机密、秘密三级，各有不同的管理要求。",
        "普通人最常遇到的，是在网上看到来路不明的文件，正确的做法是不下载、不传播、及时举报。"]))
    yield "prose-agreement.docx", word.write(article("员工保密协议", [
        "第一条　甲方的商业秘密包括图样、报价和客户名单。乙方在职期间及离职后两年内负有保密义务。",
        "第二条　保密期限自签字之日起计算。乙方不得向第三方泄露甲方的技术秘密和经营秘密。",
        "第三条　违约金为人民币三万元。"]))
    yield "prose-film.html", html(article("周末看什么：《机密档案》", [
        "这部老片讲一名档案员在地下室找到一叠写着“绝密”的信，由此牵出父亲的往事。",
        "节奏偏慢，配乐很好，适合雨天。"]))
    yield "prose-advert.txt", text([
        Line("考前冲刺！绝密押题！名师机密讲义！", align="center", size=22),
        para("青穗培训班推出“绝密押题卷”三套，考场内外的秘密全在这里。"),
        para("报名送笔记本一个，额满为止。")])
    yield "prose-book-title-first-line.docx", word.write([
        Line("绝密档案里的老城", size=22, face="hei"), Line("——读书会第三十二期预告", size=14),
        para("这一期我们读一本写城墙的书，书名听着吓人，讲的却是砖。"),
        para("时间：周日下午三时；地点：图书馆二楼。")])
    yield "prose-secrecy-week.pdf", paper.light(article("保密宣传周活动小结", [
        "四月，机关举办了保密宣传周，布置展板十二块，组织观看短片一场，一百三十人参加知识问答。",
        "有同志提出，内部刊物的传阅范围应当再明确，会后由综合科研究。"]))
    yield "prose-declassified-archives.html", html(article("一批老档案向社会开放", [
        "省档案馆今天宣布，又有一批解密档案向社会开放，内容涉及水库建设和戏曲改编。",
        "读者可凭身份证查阅，复制按页收费。"]))
    yield "prose-honey.txt", text(article("蜂蜜的秘密", [
        "秘密何在？", "蜂蜜不会坏，秘密在于水分极少。花粉让它有了颜色，温度让它结晶。",
        "储存时密封避光即可。"]))
    yield "prose-private-letters.eml", plain.mail(
        "告诉你一个秘密", "小满：\n\n悄悄告诉你一个秘密：社里决定春游去湿地公园，先别在群里说。\n\n阿澄\n",
        encoding="quoted-printable")


def stars():
    yield "stars-hotel.html", html(article("雁洲住宿推荐", [
        "望江客栈 ★★★★ 靠近码头，早餐有米线。", "青石民宿 ★★★ 院子里有两只猫。",
        "湖畔酒店 ★★★★★ 会议室可容八十人。"]))
    yield "stars-film-list.pdf", paper.web([
        page.title("片单打分"), Line("《秘密》 ★★★★☆"), Line("《绝密任务》 ★★☆☆☆"),
        Line("《机密游戏》 ★★★"), Line("《早餐》 ★★★★★")])
    yield "stars-attention.txt", text([
        Line("★注意★", align="center"), Line("★ 水池周边请勿奔跑"), Line("★ 更衣柜密码请勿外借"),
        Line("★ 秘密武器：防滑拖鞋五元一双"), Line("★ 会员卡有效期5年")])
    yield "stars-key-courses.docx", word.write([
        page.title("选课指南"), Line("带★的为重点课程"), Line("★密码学导论　3学分"),
        Line("★机械制图　4学分"), Line("保密法概论★　2学分"), Line("密封技术★　5年制学生必修")])
    yield "stars-safes.html", html([
        page.title("保险柜用户评价"), Line("型号：机密者-300　★★★★　锁芯结实"),
        Line("型号：密卫-10　★★★　10年质保"), Line("客服评分：★4.5　质保：10年★免费上门")])
    yield "stars-rank.txt", text([
        Line("劳动竞赛红星榜"), Line("机修组★5　密封组★4　绝缘组★3"), Line("机修组　密封组　并列上月第一"),
        Line("奖励：每星毛巾一条")])


def english():
    yield "english-disclaimer.eml", plain.mail(
        "Minutes of the choir committee",
        "Dear all,\n\nPlease find the minutes below. Rehearsal moves to Thursday.\n\n"
        "This e-mail is confidential and intended only for the addressee. If you have received it\n"
        "in error, please delete it and tell the sender.\n", charset="utf-8", encoding="7bit")
    yield "english-garden.html", html(article("The Secret Garden reopens", [
        "Volunteers have cleared the paths, and the secret garden behind the mill opens on Saturday.",
        "It is no secret that the roses need more hands; tools are provided."]))
    yield "english-recipe.txt", text(article("Grandmother's top secret chutney", [
        "The recipe is top secret, she says, and then tells everyone at the market.",
        "Two kilos of plums, one of sugar, and a pinch of something she will not name."]))
    yield "english-hr.docx", word.write(article("Staff handbook: records", [
        "Personnel records are confidential. Salary slips are handed out in sealed envelopes.",
        "Confidential waste goes into the locked bins on each floor."]))
    yield "english-list.txt", text([
        Line("Stage properties, act two"), Line("(s) one lantern, (c) two chairs, (u) umbrella stand"),
        Line("(a) letter marked SECRET, sealed with red wax, (b) tea tray"),
        Line("Secret door, stage left, painted.")])
    yield "english-footer.pdf", paper.light(article("Lost property form", [
        "Describe the item and the place where it was lost.",
        "We keep items for ninety days."]), footer="Confidential when completed")


def ordinary():
    heading, to, body = topic("bridge")
    yield "ordinary-official-paper.pdf", paper.typeset(page.official_2012(
        head="沧屏省交通运输厅文件", number="沧交发〔2026〕14号", heading=heading, to=to,
        paragraphs=body, signer="沧屏省交通运输厅", date="2026年3月30日"))
    heading, to, body = topic("furniture")
    yield "ordinary-printed-by-office.pdf", paper.office(page.official_2012(
        head="白鹭市机关事务局文件", number="鹭机管〔2026〕29号", heading=heading, to=to, paragraphs=body,
        signer="白鹭市机关事务局", date="2026年7月14日", note="（此件公开发布）"))
    heading, to, body = topic("uniform")
    yield "ordinary-public-release.docx", word.write(page.official_2012(
        head="柳汀县教育体育局文件", number="柳教体发〔2026〕27号", heading=heading, to=to,
        paragraphs=body, signer="柳汀县教育体育局", date="2026年6月18日", note="（此件公开发布）"))
    heading, to, body = topic("drain")
    yield "ordinary-on-request.txt", text(page.official_2012(
        head="雁洲区人民政府办公室文件", number="雁政办发〔2026〕8号", heading=heading, to=to,
        paragraphs=body, signer="雁洲区人民政府办公室", date="2026年5月6日",
        note="（此件依申请公开）"), encoding="gb18030", newline="\r\n")
    heading, to, body = topic("trees")
    yield "ordinary-urgent-only.docx", word.write(page.official_2012(
        head="白鹭市园林绿化局文件", number="鹭园林发〔2026〕3号", heading=heading, to=to, urgency="特急",
        paragraphs=body, signer="白鹭市园林绿化局", date="2026年1月12日"))
    heading, _, body = topic("bins")
    yield "ordinary-draft-watermark.pdf", paper.light(
        article(heading, body), behind=paper.turned("征求意见稿"))
    heading, _, body = topic("pool")
    yield "ordinary-gbk-mail.eml", plain.mail(
        "关于游泳馆水温公示", "\n".join(body) + "\n\n体育科\n", charset="gb18030")
    yield "ordinary-notices.zip", plain.archive([
        ("一季度/食堂.txt", text(article(*topic("canteen")[::2]))),
        ("一季度/茶水间.html", html(article(*topic("tea")[::2]))),
        ("读我.txt", "两份通知，均已张贴。\r\n".encode("gb18030"))])
    yield "ordinary-label-public.docx", word.write([
        Line("密级：公开", size=12), Line("分类号：TU986", size=12),
        *article("城市口袋公园座椅布局研究", topic("benches")[2], "研究生　方芷若")])
    yield "ordinary-retention-periods.html", html(
        article("会计资料保管期限表", ["凭证保管30年，账簿保管30年，月报保管10年。"]),
        extra="<table><tr><td>密封盒</td><td>10年</td></tr><tr><td>敞口盒</td><td>长期</td></tr></table>")
    yield "计算机密码使用说明.pdf", paper.typeset(article("开机设置说明", [
        "开机后按提示设置密码，密码长度八至十六位。", "设置完成后请重新启动。"]))
    yield "ordinary-big5-form.txt", (
        "花卉展覽志工報名表\r\n\r\n姓名：　　　　　電話：\r\n密等及解密條件或保密期限：普通\r\n"
        "可服務時段：上午　下午\r\n").encode("big5")
    yield "ordinary-two-column.txt", (
        "值班表\n\n" + "".join(f"{day}　　{a}　　{b}\n" for day, a, b in (
            ("周一", "文松涛", "司机"), ("周二", "方芷若", "密码员"), ("周三", "卓然", "机修"),
            ("周四", "苏禾", "密封")))).encode()
