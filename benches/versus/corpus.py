"""What is read and what is looked for: folders of documents, a folder for each format, and lists of terms."""
import csv, os, random, subprocess

# Made to cost much or to break readers; and pictures, which nobody here reads without OCR.
LEFT_OUT = ("hostile", "scans")

# Two characters each, as words of Chinese are; terms are two or three of them, so that some are written and most are not.
STEMS = """试验 研制 运输 储备 资源 矿产 地质 测绘 气象 海洋 航空 航天 卫星 雷达 通信 频率 电力 核能 化工 冶金
机械 仪器 船舶 车辆 铁路 港口 机场 桥梁 隧道 水库 粮食 农业 林业 渔业 畜牧 医药 疫苗 病毒 检疫 人口
财政 税收 金融 货币 外汇 信贷 保险 证券 贸易 关税 谈判 协定 边界 领土 外交 侨务 宗教 民族 考试 命题
招生 专利 出版 广播 电视 体育 旅游 文物 考古 司法 检察 审判 侦查 监狱 警卫 消防 救灾 应急 动员 征兵
装备 弹药 工事 阵地 演习 部署 编制 指挥 情报 预测 指标 参数 配方 样品 工艺 流程 算法 模型 底稿 坐标
高程 重力 磁场 储量 产能 库存 标底 债务 拨款 补贴 光缆 天线 陀螺 涡轮 轴承 合金 陶瓷 涂层 燃料 推进
导航 遥感 声呐 靶场 哨所 营区 编组 换防 巡逻 护航 补给 输送 布线 机组""".split()
WORDS = """access amber anchor annual arrow atlas basin beacon bridge budget cable canal carbon cargo census channel charter
cipher circuit cobalt column compass copper coral courier crystal cycle delta depot design desert device diesel domain draft
eastern engine entry estate export falcon ferry field filter flight forest forward fuel garden glacier granite gravity
harbour harvest hazard height helium hollow import index inland invoice island joint journal jungle kernel ladder lantern
launch ledger liaison magnet mantle marble margin marine market master matrix meadow mercury method mirror mobile model
module mortar needle nickel northern number object offset orbit orchard origin outpost packet panel patrol pattern payload
pilot pioneer planet plasma pocket portal prism profile project quarry radar random reactor record relay remote reserve
river rocket sample satellite schedule section sector sensor shadow signal silver socket southern static station storage
stream summit survey switch tanker target tender thermal ticket timber tower transit tunnel turbine update uplink valley
vector vessel volume voyage warden western window winter""".split()


def folders(shared):
    """The folders of formats there are, by name."""
    names = sorted(entry.name for entry in os.scandir(shared) if entry.is_dir())
    return [name for name in names if not any(word in name for word in LEFT_OUT)]


def grown(shared, into, copies):
    """Links (or copies) of every document, in a folder for each format and in that one for each copy, as copies of folders
    are: each document keeps its name. Returns the folders of formats by name.

    Expected texts, which stand beside documents, are no documents.
    """
    made = {}
    for name in folders(shared):
        documents = sorted(e.path for e in os.scandir(os.path.join(shared, name)) if e.is_file())
        documents = [path for path in documents if not path.endswith(".expected.txt")]
        room = os.path.join(into, f"x{copies}", name)
        made[name] = room
        os.makedirs(room, exist_ok=True)
        wanted = {os.path.join(f"{copy:02}", os.path.basename(path)): path for copy in range(copies) for path in documents}
        there = {os.path.relpath(path, room) for path in _files(room)}
        for stale in there - wanted.keys():
            os.remove(os.path.join(room, stale))
        for new in sorted(wanted.keys() - there):
            os.makedirs(os.path.join(room, os.path.dirname(new)), exist_ok=True)
            _link(wanted[new], os.path.join(room, new))
    return made


def _link(path, target):
    try:
        os.link(path, target)
    except OSError:
        with open(path, "rb") as source, open(target, "wb") as copy:
            copy.write(source.read())


def size(rooms):
    """How many files there are in some folders, and how many bytes."""
    files = [os.stat(path).st_size for room in rooms for path in _files(room)]
    return len(files), sum(files)


def _files(room):
    return [os.path.join(folder, name) for folder, _, names in os.walk(room) for name in names]


def terms(count):
    """So many terms, the same ones every time: nine of ten Chinese, the others English phrases of two words."""
    chance, made = random.Random(count), {}
    while len(made) < count:
        if chance.random() < 0.1:
            made[" ".join(chance.sample(WORDS, 2 if count <= 20_000 else 3))] = None
        else:
            made["".join(chance.sample(STEMS, chance.choice((2, 3, 3))))] = None
    return list(made)


def lists(vetmark, into, count):
    """The terms in every form that somebody needs: (a term a line, ClamAV signatures, a compiled dictionary)."""
    room = os.path.join(into, f"terms-{count}")
    os.makedirs(room, exist_ok=True)
    plain, signatures, compiled = (os.path.join(room, name) for name in ("terms.txt", "terms.ndb", "terms.compiled"))
    listed = terms(count)
    with open(plain, "w", encoding="utf8") as out:
        out.write("".join(f"{term}\n" for term in listed))
    with open(signatures, "w", encoding="utf8") as out:
        out.write("".join(f"T{number}:0:*:{term.encode().hex()}\n" for number, term in enumerate(listed)))
    table, toml = os.path.join(room, "list.csv"), os.path.join(room, "list.toml")
    with open(table, "w", encoding="utf8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["序号", "国家秘密事项名称", "密级", "保密期限", "关键词"])
        for row in range(0, count, 10):
            rows.writerow([row // 10 + 1, f"事项{row // 10 + 1}", "秘密", "10年", "；".join(listed[row:row + 10])])
    if os.path.exists(toml):
        os.remove(toml)
    subprocess.run([vetmark, "dictionary", "import", table, "--out", toml], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([vetmark, "dictionary", "compile", toml, "--out", compiled], check=True, stdout=subprocess.DEVNULL)
    return plain, signatures, compiled
