"""The verifier that travels with a bundle: a program of its own, that needs only Python."""

VERIFIER = '''#!/usr/bin/env python3
"""Check this bundle: python3 verify.py in its folder. Needs Python 3.8 or newer, and nothing else."""

import hashlib
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
HEADER, PER_MS, SILENCE = 58, 8, b"\\xff"
wrong = []


def sha(data):
    return hashlib.sha256(data).hexdigest()


def check_hashes():
    for line in (HERE / "hashes.sha256").read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ", 1)
        path = HERE / name
        if not path.is_file():
            wrong.append(name + ": is missing")
        elif sha(path.read_bytes()) != digest:
            wrong.append(name + ": is not as it was when the bundle was made")


def check_journal():
    text = (HERE / "journal.jsonl").read_text(encoding="utf-8")
    entries = [json.loads(line) for line in text.splitlines()]
    if [entry["seq"] for entry in entries] != list(range(1, len(entries) + 1)):
        wrong.append("journal.jsonl: entries are missing or out of order")
    return entries


def check_sound(manifest, entries):
    for stream, pieces in manifest["recording"].items():
        data = (HERE / "sound" / (stream + ".wav")).read_bytes()[HEADER:]
        chain, chains = sha(b""), [sha(b"")]
        for piece in pieces:
            part = data[piece["from_ms"] * PER_MS : piece["to_ms"] * PER_MS]
            if sha(part) != piece["digest"]:
                wrong.append("sound/%s.wav: differs from piece %d" % (stream, piece["number"]))
                break
            said = (chain, piece["number"], piece["from_ms"], piece["to_ms"], piece["size"], piece["digest"])
            chain = sha("|".join(str(one) for one in said).encode())
            chains.append(chain)
        for entry in entries:
            if entry["kind"] in ("SegmentKept", "RecordingEnded") and entry["stream"] == stream:
                number = entry["pieces"]
                if number >= len(chains) or chains[number] != entry["chain"]:
                    wrong.append("%s: the recording is not the one that the journal tells of" % stream)
                    break


check_hashes()
if not wrong:
    manifest = json.loads((HERE / "manifest.json").read_text(encoding="utf-8"))
    entries = check_journal()
    if manifest["redacted"]:
        print("Redacted: the sound is a copy, and is not compared with the recording.")
    else:
        check_sound(manifest, entries)
for one in wrong:
    print("WRONG:", one)
digest = sha((HERE / "hashes.sha256").read_bytes())
print("Digest of hashes.sha256, to compare with the force\'s record:", digest)
print("NOT AS IT WAS MADE" if wrong else "Everything is as it was made.")
sys.exit(1 if wrong else 0)
'''
