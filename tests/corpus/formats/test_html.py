import pytest

from corpus.edits import apply_edits
from corpus.errors import LoadError
from corpus.formats.files import raw_text
from corpus.formats.html import read_html
from corpus.formats.records import RawText

LEDGER = (
    "<table><tr><th>序号</th><th>任务</th><th>责任单位</th><th>完成时限</th></tr>"
    + "".join(
        f"<tr><td>{n}</td><td><p>完成第{n}批散煤治理</p></td><td>市生态环境局</td><td>2020年{n}月底前</td></tr>"
        for n in (1, 2, 3)
    )
    + "</table>"
)
PORTAL = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>关于印发整改方案的通知_漯河市人民政府</title>
<style>.a{{}}</style></head><body>
<div class="header"><ul><li><a>首页</a></li><li><a>政务公开</a></li><li><a>互动交流</a></li></ul></div>
<div class="crumb">当前位置: <a>首页</a> &gt; <a>政府文件</a> &gt; 正文</div>
<div class="content"><table><tr><td>索引号</td><td>005/2020-12</td></tr><tr><td>发文字号</td><td>漯政〔2020〕13号</td></tr></table>
<h1>关于印发整改方案的通知</h1>
<div id="zoom"><p>各县区人民政府:</p><p>&nbsp;&nbsp;现将《整改方案》印发给你们,请认真贯彻执行。</p><p>2020年7月23日</p>
<p>坚持源头治理,<span>到2022年底</span>前<br>完成散煤治理。</p>{LEDGER}<p>附件:<a href="a.doc">1.责任分工表.doc</a></p></div>
<div class="share">分享到: <a>微信</a></div><div>【<a>打印本页</a>】 【<a>关闭窗口</a>】</div>
<div class="list"><h3>相关链接</h3><ul><li><a>关于印发大气污染防治方案的通知</a> 2020-05-01</li><li><a>图解整改方案</a> 2020-07-25</li></ul></div></div>
<div class="footer"><p>主办单位:漯河市人民政府办公室 承办单位:大数据局</p><p>豫ICP备05001234号 <a>豫公网安备 41110202000001号</a></p></div>
<script>var a="脚本";</script></body></html>"""
OLD = """<html><head><meta http-equiv=Content-Type content="text/html; charset=gb2312"><title>某县政府网</title></head><body>
<table width=900><tr><td><a>首页</a>|<a>新闻</a>|<a>公告</a></td></tr><tr><td><table><tr><td width=200><a>公告一览</a><br><a>通知一览</a><br><a>领导之窗</a></td>
<td><center><font size=5><b>某县人民政府办公室关于开展秸秆禁烧的通知</b></font></center><br>某政办〔2019〕45号<br>
各乡镇人民政府:<br>一、落实责任。9月30日前完成台账建立,朱镕基路段由城管局负责。<br>2019年9月1日</td></tr></table></td></tr>
<tr><td align=center>版权所有:某县人民政府 技术支持:某公司</td></tr></table></body></html>"""
SHORT = """<html><head><title>停水公告</title></head><body><div id="nav"><a>首页</a><a>新闻</a></div><div class="main">
<div class="left"><h2>停水公告</h2><p>因管网改造,定于2020年8月3日8时停水。</p></div>
<div class="right sidebar"><h3>热点新闻</h3><ul><li><a>市长调研攻坚工作</a></li><li><a>我市召开防治会议</a></li></ul></div></div>
<footer>联系我们 网站地图</footer></body></html>"""
PLAIN = """<div class="article-header"><h1>攻坚战役启动</h1></div><div class="TRS_Editor"><div>市局:请于6月30日前报送材料。</div>
<div>位置:黄河路与泰山路交叉口</div><div>市攻坚办</div><div>2021年6月1日</div></div><div id="bottom"><a>网站声明</a></div>"""


def read(page: str, encoding: str = "utf-8") -> RawText:
    return read_html(page.encode(encoding), "页.html")


def clean(raw: RawText) -> list[str]:
    return [line.strip() for line in apply_edits(raw.text, raw.edits).split("\n") if line.strip()]


def cells(raw: RawText, table: int = 0) -> list[list[str]]:
    return [
        [raw.text[cell.start : cell.end] for cell in row.cells] for row in raw.tables[table].rows
    ]


def test_a_portals_page_is_its_document_and_the_rest_is_on_record():
    raw = read(PORTAL)
    assert clean(raw) == [
        "索引号\t005/2020-12",
        "发文字号\t漯政〔2020〕13号",
        "关于印发整改方案的通知",
        "各县区人民政府:",
        "现将《整改方案》印发给你们,请认真贯彻执行。",
        "2020年7月23日",
        "坚持源头治理,到2022年底前",
        "完成散煤治理。",
        "序号\t任务\t责任单位\t完成时限",
        "1\t完成第1批散煤治理\t市生态环境局\t2020年1月底前",
        "2\t完成第2批散煤治理\t市生态环境局\t2020年2月底前",
        "3\t完成第3批散煤治理\t市生态环境局\t2020年3月底前",
        "附件:1.责任分工表.doc",
    ]
    assert {edit.reason for edit in raw.edits} == {"page furniture"}
    away = "".join(raw.text[edit.start : edit.end] for edit in raw.edits)
    assert away.splitlines() == [
        "首页", "政务公开", "互动交流", "当前位置: 首页 > 政府文件 > 正文", "分享到: 微信", "【打印本页】 【关闭窗口】", "相关链接",
        "关于印发大气污染防治方案的通知 2020-05-01", "图解整改方案 2020-07-25",
        "主办单位:漯河市人民政府办公室 承办单位:大数据局", "豫ICP备05001234号 豫公网安备 41110202000001号",
    ]  # fmt: skip
    assert (raw.title, "脚本" in raw.text) == ("关于印发整改方案的通知", False)


def test_an_old_page_laid_out_by_tables_in_the_encoding_it_does_not_admit():
    raw = read(OLD, "gb18030")
    assert clean(raw) == [
        "某县人民政府办公室关于开展秸秆禁烧的通知",
        "某政办〔2019〕45号",
        "各乡镇人民政府:",
        "一、落实责任。9月30日前完成台账建立,朱镕基路段由城管局负责。",
        "2019年9月1日",
    ]
    assert raw.tables == ()


def test_a_short_notice_beside_a_list_of_news():
    assert clean(read(SHORT)) == ["停水公告", "因管网改造,定于2020年8月3日8时停水。"]


def test_a_fragment_without_a_head():
    assert clean(read(PLAIN)) == [
        "攻坚战役启动",
        "市局:请于6月30日前报送材料。",
        "位置:黄河路与泰山路交叉口",
        "市攻坚办",
        "2021年6月1日",
    ]


def test_a_page_that_is_a_table_and_nothing_else():
    raw = read(f"<html><body>{LEDGER}</body></html>")
    assert [row[0] for row in cells(raw)] == ["序号", "1", "2", "3"]
    assert raw.edits == ()


def test_merged_cells_stand_in_every_place_they_cover():
    raw = read(
        "<table><tr><td rowspan=2>一</td><td colspan=2>甲<br>乙</td></tr><tr><td>丙</td><td>丁</td></tr>"
        "<tr><td rowspan=0>二</td><td colspan=0>戊</td><td></td></tr><tr><td>己</td></tr></table>"
    )
    assert cells(raw) == [
        ["一", "甲\n乙", "甲\n乙"],
        ["一", "丙", "丁"],
        ["二", "戊", ""],
        ["二", "己", ""],
    ]
    assert raw.text == "一\t甲\n乙\n丙\t丁\n二\t戊\t\n己\t\n"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>甲&amp;乙&nbsp;&#20013;</p>", "甲&乙\u00a0中"),
        ("<p>第一\n   行</p>  <p> 第二行 </p>", "第一 行\n第二行"),
        ("<p>见<b>2020</b>年<i>底</i></p>", "见2020年底"),
        ("<pre>一\n  二</pre><p>三</p>", "一\n  二\n三"),
        ("<p>明<span style='display: none'>暗</span><!-- 注 -->后</p>", "明后"),
        ("<p>甲<br/>乙<br>丙</p>", "甲\n乙\n丙"),
        ("<p>甲</p>游离文字<div>乙<div>丙</div>丁</div>", "甲\n游离文字\n乙\n丙\n丁"),
        (
            "<ul><li>第一项工作任务</li><li>第二项工作任务</li></ul>",
            "第一项工作任务\n第二项工作任务",
        ),
    ],
)
def test_the_text_is_what_a_browser_shows(page: str, text: str):
    assert read(f"<html><body>{page}</body></html>").text == text + "\n"


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "gb18030", "utf-16", "big5"])
def test_a_page_that_names_no_encoding_or_a_wrong_one_is_read(encoding: str):
    page = "<html><head><meta charset=utf-8></head><body><p>各市政府,自今日起施行,至月底前全部完成工作。</p></body></html>"
    assert read(page, encoding).text == "各市政府,自今日起施行,至月底前全部完成工作。\n"


def test_a_thousand_open_tags_are_read():
    page = "<html><body>" + "<font><b>" * 1500 + "<p>整改时限:2020年底前</p></body></html>"
    assert clean(read(page)) == ["整改时限:2020年底前"]


@pytest.mark.parametrize(
    "page",
    [
        "<html><frameset><frame src=a></frameset></html>",
        "<html><body><div id=app></div><script>x()</script></body></html>",
    ],
)
def test_a_page_without_text_is_refused(page: str):
    with pytest.raises(LoadError, match="网页里没有文字"):
        raw_text(page.encode(), ".html", "页.html")


def test_a_page_of_links_only_is_kept():
    page = "<html><body><ul><li><a>关于散煤治理的通知</a></li><li><a>关于扬尘治理的通知</a></li></ul></body></html>"
    assert clean(read(page)) == ["关于散煤治理的通知", "关于扬尘治理的通知"]


BARE = """<html><head><meta charset="utf-8"><title>漯河市整改方案 - 漯河市人民政府门户网站</title></head><body>
<div><div><a href="/">漯河市人民政府门户网站</a></div><div>今天是2026年11月27日 星期五 晴 5℃~12℃</div><div><input type="text"><button>搜索</button></div></div>
<div><a>首页</a> <a>走进漯河</a> <a>新闻中心</a> <a>政务公开</a></div>
<div><span>您现在的位置：</span><a>首页</a><span>&gt;&gt;</span><a>政务公开</a></div>
<div><div><h1>漯河市整改方案</h1><div><span>2020-07-23</span> <span>来源：市攻坚办</span></div>
<div><p>为做好工作，依据<a href="x">《大气污染防治法》</a>，制定本方案。</p><p>整改时限：2021年底前</p>
<p>附件：</p><p><a>任务清单</a></p><p><a>分工表</a></p><p><a>联系人</a></p></div>
<div><p>扫一扫在手机打开当前页</p></div><div><a>打印</a> <a>关闭</a></div>
<div>上一篇：<a>关于做好防汛工作的通知</a></div><div>下一篇：<a>关于做好安全生产工作的通知</a></div></div>
<div><h2>推荐阅读</h2><p><a>漯河市秸秆禁烧方案</a></p><p><a>漯河市扬尘治理方案</a></p><p><a>漯河市蓝天保卫战方案</a></p></div></div>
<div><p>Copyright © 2020 漯河市人民政府 All Rights Reserved</p><p>地址：漯河市源汇区黄河路 邮编：462000 电话：0395-3131313</p><p>豫ICP备05001234号-1</p></div></body></html>"""
FRAMED = """<html><head><title>通知</title></head><body><table width="1000"><tr><td colspan=2><img src=banner.jpg></td></tr><tr><td width=200>
<table><tr><td>栏目导航</td></tr><tr><td><a>政策法规</a></td></tr><tr><td><a>规范性文件</a></td></tr><tr><td><a>人事任免</a></td></tr></table></td>
<td><table><tr><td align=center><b>关于报送材料的通知</b></td></tr><tr><td>发布日期：2019-03-04 作者：办公室</td></tr><tr><td><p>各县区：</p>
<p>请于3月15日前将材料报送市攻坚办。联系人：李四。</p><table border=1><tr><td>县区</td><td>任务数</td></tr><tr><td>源汇区</td><td>12</td></tr></table>
<p>2019年3月4日</p></td></tr></table></td></tr><tr><td colspan=2>主办：漯河市环保局 维护：市信息中心<br>Copyright 2019</td></tr></table></body></html>"""


def test_a_page_whose_parts_have_no_names():
    assert clean(read(BARE)) == [
        "漯河市整改方案",
        "2020-07-23 来源：市攻坚办",
        "为做好工作，依据《大气污染防治法》，制定本方案。",
        "整改时限：2021年底前",
        "附件：",
        "任务清单",
        "分工表",
        "联系人",
    ]


def test_a_data_table_within_the_tables_of_the_layout():
    raw = read(FRAMED)
    assert clean(raw) == [
        "关于报送材料的通知",
        "发布日期：2019-03-04 作者：办公室",
        "各县区：",
        "请于3月15日前将材料报送市攻坚办。联系人：李四。",
        "县区\t任务数",
        "源汇区\t12",
        "2019年3月4日",
    ]
    assert cells(raw) == [["县区", "任务数"], ["源汇区", "12"]]
