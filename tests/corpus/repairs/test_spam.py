import pytest

from corpus.edits import apply_edits
from corpus.repairs.spam import find_spam
from corpus.repairs.steps import repair


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("责任单位:市亚博体育官网下载牵头,市财政局", "责任单位:市□□牵头,市财政局"),
        ("责任单位:市bet365官网开户局", "责任单位:市□□局"),
        ("市ag真人平台APP配合", "市□□配合"),
        ("市澳门新葡京娱乐_官网注册、市水利局", "市□□、市水利局"),
        (
            "市36500365体育在线投注_手机365体育网站经常打不开_365cam浏览器下载APP牵头",
            "市□□牵头",
        ),
        ("市皇冠体育官网_皇冠app下载、市教育局", "市□□、市教育局"),
        ("牵头单位:县时时彩平台登录,县林业局", "牵头单位:县□□,县林业局"),
    ],
)
def test_spam_inside_a_name_becomes_a_mark(text: str, expected: str):
    assert apply_edits(text, find_spam(text)) == expected


@pytest.mark.parametrize(
    "line",
    [
        "澳门新葡京官网-澳门新葡京娱乐-官网首页",
        "亚博体育官网登录入口_亚博APP下载",
        "bet365备用网址 365bet体育在线开户",
        "彩票平台 棋牌下载 老虎机注册 真人视讯",
        "亚博为您提供最新官网入口，欢迎注册。",
        "代开各类发票 加微信13800138000",
    ],
)
def test_a_line_of_spam_goes(line: str):
    text = f"一、总体要求\n{line}\n二、主要任务"
    assert apply_edits(text, find_spam(text)) == "一、总体要求\n二、主要任务"


@pytest.mark.parametrize(
    "text",
    [
        "市体育局官方网站公布体育彩票公益金使用情况",
        "2020年体育中考方案在官网下载",
        "2020体育彩票网站由市体育局负责",
        "严厉打击利用六合彩、时时彩网站开户的网络赌博违法犯罪",
        "关停bet365等赌博网站和APP 32个",
        "依法查处老虎机、百家乐等赌博游戏平台",
        "申请表请登录县政府官方网站下载,在线注册",
        "打造5G体育APP平台",
        "第14届体育运动会网站",
        "福利彩票、体育彩票投注站管理平台",
        "整治棋牌室噪声、油烟,推广网站举报",
        "张伟德、李必威同志负责平台建设",
        "加快三大攻坚战信息平台建设",
        "做好外围环境整治,在线监测平台联网",
        "严禁代开发票,举报电话12366123",
        "彩票公益金资助项目首页公开",
        "联系人:王明,微信:13800138000,QQ:123456",
        "企业增值税发票在线开具平台",
        "“澳门回归”主题网站",
        "普惠金融贷款服务平台APP注册企业达到5万户",
    ],
)
def test_what_a_document_says_of_sport_sites_and_raids_is_no_spam(text: str):
    assert find_spam(text) == []
    assert repair(text).text == text


def test_long_lines_are_read_in_good_time():
    assert find_spam("彩票" * 50_000 + "3体育" * 20_000) == []
