"""Every error the product raises on purpose, in one tree.

GongjianError
├── LoadError            a source could not be read or turned into text
├── SettingsError        a setting or an option has a value that cannot work
├── MissingExtra         an optional dependency is needed and absent
├── IndexMissing         there is no published index in this home
├── IndexFormatError     the index is damaged, half-written or of another format
├── EncoderMismatch      the index was made with an encoder that is not at hand
├── EncoderError         an encoder could not be loaded or gave unusable vectors
├── PublishError         a new version could not be written; the old one stands
├── EngineError          a search engine failed while answering
├── StateError           the database of tasks and messages failed, or cannot be opened
├── RefusedError         what somebody wants to do to a task is not allowed, or not now
└── QuestionError        a question is empty or absurdly long

Messages are read by cadres and the office, so they are Chinese: what is wrong, the
value, what was expected, what to do. Mistakes of a caller stay ValueError or TypeError.
"""

import errno

_OS_REASONS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EISDIR: "是文件夹,不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "已有同名文件",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已满",
    errno.EFBIG: "文件太大",
    errno.EROFS: "磁盘是只读的",
    errno.ELOOP: "符号链接成环",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EMFILE: "打开的文件太多",
    errno.EIO: "磁盘读写出错",
}


def os_reason(exc: OSError) -> str:
    """Return in Chinese why the system refused."""
    return _OS_REASONS.get(exc.errno or 0, exc.strerror or type(exc).__name__)


class GongjianError(Exception):
    """The root: the command line prints it as one line and exits with 1."""


class LoadError(GongjianError):
    """A source could not be read or turned into text."""


class SettingsError(GongjianError):
    """A setting or an option has a value that cannot work."""


class MissingExtra(GongjianError):
    """An optional dependency is needed and absent."""


class IndexMissing(GongjianError):
    """There is no published index in this home."""


class IndexFormatError(GongjianError):
    """The index is damaged, half-written or of another format."""


class EncoderMismatch(GongjianError):
    """The index was made with an encoder that is not at hand."""


class EncoderError(GongjianError):
    """An encoder could not be loaded or gave unusable vectors."""


class PublishError(GongjianError):
    """A new version could not be written; the old one stands."""


class EngineError(GongjianError):
    """A search engine failed while answering."""


class StateError(GongjianError):
    """The database of tasks and messages failed, or cannot be opened."""


class RefusedError(GongjianError):
    """What somebody wants to do to a task is not allowed, or not now."""


class QuestionError(GongjianError):
    """A question is empty or absurdly long."""
