"""What a question ties itself to: a place, a year, 我区, PM10. A document without it is not meant.

郑州市烤烟用煤整改时限 must not be answered from the plan of 漯河.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.records import Document
from index.tokens import segment
from retrieval.coverage import squeeze

_PLACE_TAG = "ns"
_SUFFIX = re.compile("(?<=..)(?:省|市|县|区|镇|乡|自治州|地区)$")
_OWN = re.compile("(?:全|我)([省市县区镇乡])")
# PM10, G107, VOCs: nothing else will do for a code.
_CODE = re.compile(r"[a-z][a-z.-]*\d[\d.]*|[a-z]{3,}")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=年|度)")


@dataclass(frozen=True, slots=True)
class Anchors:
    """The places, own areas (区 of 我区), years and codes a question names."""

    places: tuple[str, ...]
    own: tuple[str, ...]
    years: tuple[str, ...]
    codes: tuple[str, ...]

    def hold(self, squeezed: str) -> bool:
        """Whether a squeezed text names all of them; 全区 will do for 我区."""
        named = (*self.places, *self.years, *self.codes)
        return all(words in squeezed for words in named) and all(
            re.search(f"(?:我|(?<!安)全){area}", squeezed) for area in self.own
        )


def read_anchors(folded: str) -> Anchors:
    """Read the anchors of a folded question."""
    import rjieba

    segment("")  # the domain's words must be known before words are tagged
    places = [_SUFFIX.sub("", word) for word, tag in rjieba.tag(folded) if tag == _PLACE_TAG]
    return Anchors(
        places=tuple(dict.fromkeys(place for place in places if len(place) > 1)),
        own=tuple(dict.fromkeys(_OWN.findall(folded))),
        years=tuple(dict.fromkeys(_YEAR.findall(folded))),
        codes=tuple(dict.fromkeys(_CODE.findall(folded))),
    )


def identity(document: Document) -> str:
    """Everything a document says of where and when it is, squeezed."""
    about = (document.title, document.issuer or "", str(document.issued_on or ""), document.text)
    return squeeze("\n".join(about))
