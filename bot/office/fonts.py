"""A font with Chinese characters for the pictures: the office's own, the system's, or shipped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from matplotlib.font_manager import FontPath, FontProperties, findSystemFonts
from matplotlib.ft2font import FT2Font

from corpus.errors import MissingExtra, SettingsError

# The font shipped with the product; the package holds nothing but this file (OFL-1.1).
_PACKAGE = "noto_cjk_sans_otc"
# File names of fonts with simplified Chinese, the best for screens first.
_KNOWN = (
    "notosanscjk-regular",
    "notosanscjksc-regular",
    "notosanssc",
    "notosanscjk",
    "sourcehansans",
    "pingfang",
    "msyh",
    "microsoftyahei",
    "wqy-microhei",
    "wqy-zenhei",
    "simhei",
    "droidsansfallback",
)
# What a font must have to be taken: words of the pictures, with shapes of simplified Chinese.
_NEEDED = "超期销号签收退回牵头单位调度通报办结攻坚战县区"
# Characters a font lacks are shown as the printers' mark for a missing type.
_MISSING = "〓"
_HINT = "请安装一种中文字体(如思源黑体),或在 GONGJIAN_FONT 中写明字体文件的位置"


@dataclass(frozen=True, slots=True)
class Font:
    """A face of a font file, and the characters it has."""

    path: Path
    face: int
    name: str
    characters: frozenset[int] = field(repr=False, compare=False)

    def properties(self, size: float) -> FontProperties:
        """The font in a size of points, as matplotlib takes it."""
        return FontProperties(fname=FontPath(str(self.path), self.face), size=size)

    def shown(self, text: str) -> str:
        """The text on one line, with what the font has no shape for replaced."""
        line = " ".join(text.split())
        missing = _MISSING if ord(_MISSING) in self.characters else "?"
        return "".join(c if ord(c) in self.characters else missing for c in line)


def find_font(path: Path | None = None) -> Font:
    """Return the font to draw with: the one named, else the system's, else the shipped one.

    :raises SettingsError: the file named is no font, or has no simplified Chinese.
    :raises MissingExtra: no file is named and no font with Chinese is to be found.
    """
    if path is not None:
        return named_font(path)
    font = first_font(system_fonts()) or first_font(shipped_fonts())
    if font is None:
        raise MissingExtra(f"没有找到中文字体,画不了图: {_HINT}")
    return font


def named_font(path: Path) -> Font:
    """Return the font of a file that somebody chose.

    :raises SettingsError: the file is no font, or has no simplified Chinese.
    """
    try:
        font = _opened(path)
    except (OSError, RuntimeError) as exc:
        raise SettingsError(f"字体文件 {path} 打不开: {_HINT}") from exc
    if font is None:
        raise SettingsError(f"字体文件 {path} 没有简体中文: {_HINT}")
    return font


def first_font(paths: Iterable[Path]) -> Font | None:
    """The first of the files that is a font with simplified Chinese."""
    for path in paths:
        try:
            font = _opened(path)
        except (OSError, RuntimeError):
            # One damaged font of the system must not keep the others from being tried.
            continue
        if font is not None:
            return font
    return None


def system_fonts() -> list[Path]:
    """Fonts of this machine that are known to have simplified Chinese, the best first."""
    found: list[tuple[int, str]] = []
    for name in findSystemFonts():
        plain = Path(name).name.lower().replace(" ", "").replace("_", "")
        ranks = [rank for rank, known in enumerate(_KNOWN) if known in plain]
        if ranks:
            found.append((ranks[0], name))
    return [Path(name) for _, name in sorted(found)]


def shipped_fonts() -> list[Path]:
    """The files of the font package, if it is installed."""
    spec = find_spec(_PACKAGE)
    places = [] if spec is None else list(spec.submodule_search_locations or ())
    return sorted(path for place in places for path in Path(place).glob("*.tt[cf]"))


def _opened(path: Path) -> Font | None:
    """The face of a file that has simplified Chinese; a collection holds one for each country."""
    faces = [FT2Font(str(path), face_index=at) for at in range(FT2Font(str(path)).num_faces)]
    fit = [at for at, face in enumerate(faces) if _fits(face)]
    if not fit:
        return None
    best = min(fit, key=lambda at: (not _simplified(faces[at].family_name), at))
    face = faces[best]
    return Font(path.absolute(), best, face.family_name, frozenset(face.get_charmap()))


def _fits(face: FT2Font) -> bool:
    return all(face.get_char_index(ord(c)) for c in _NEEDED)


def _simplified(name: str) -> bool:
    # "Noto Sans CJK SC" and "Source Han Sans CN", but not their monospaced sisters.
    words = name.split()
    return "Mono" not in words and bool({"SC", "CN", "GB"} & set(words))
