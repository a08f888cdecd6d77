"""Speech models in miniature, packed well and badly."""

import io
import zipfile
from pathlib import Path

FILES = {
    "am/final.mdl": b"model" * 5000,
    "conf/model.conf": b"--beam=10\n",
    "conf/mfcc.conf": b"--num-ceps=40\n",
    "graph/HCLG.fst": b"graph",
    "graph/words.txt": b"<eps> 0\n",
    "graph/phones/word_boundary.int": b"1 begin\n",
}


def packed(files: dict[str, bytes] | None = None, *, top: str = "tiny/") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in (FILES if files is None else files).items():
            archive.writestr(top + name, content)
    return buffer.getvalue()


def archive_at(path: Path, content: bytes | None = None) -> Path:
    path.write_bytes(packed() if content is None else content)
    return path
