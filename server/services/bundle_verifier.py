"""The verifier that travels with a bundle: a program of its own, that needs only Python."""

HASHES = """def sha(data):
    return hashlib.sha256(data).hexdigest()


def check_hashes():
    for line in (HERE / "hashes.sha256").read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ", 1)
        path = HERE / name
        if not path.is_file():
            wrong.append(name + ": is missing")
        elif sha(path.read_bytes()) != digest:
            wrong.append(name + ": is not as it was when the bundle was made")


"""
"""What every verifier has: whether each file is as the list of hashes says."""
VERIFIER = (
    '''#!/usr/bin/env python3
"""Check this bundle: python3 verify.py in its folder. Needs Python 3.8 or newer, and nothing else."""

import hashlib
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
HEADER, PER_MS, SILENCE = 58, 8, b"\\xff"
wrong = []


'''
    + HASHES
    + """def check_journal():
    text = (HERE / "journal.jsonl").read_text(encoding="utf-8")
    entries = [json.loads(line) for line in text.splitlines()]
    if [entry["seq"] for entry in entries] != list(range(1, len(entries) + 1)):
        wrong.append("journal.jsonl: entries are missing or out of order")
    return entries


def check_sound(manifest, entries):
    for stream, pieces in manifest["recording"].items():
        data = (HERE / "sound" / (stream + ".wav")).read_bytes()[HEADER:]
        parts = [data[one["from_ms"] * PER_MS : one["to_ms"] * PER_MS] for one in pieces]
        check_pieces(stream, pieces, parts, entries)


def check_pictures(manifest, entries):
    for stream, kept in manifest.get("pictures", {}).items():
        files = [(HERE / name).read_bytes() for name in kept["files"]]
        if kept["kind"] == "webm":
            at, parts = 0, []
            for piece in kept["pieces"]:
                parts.append(files[0][at : at + piece["size"]])
                at += piece["size"]
            if at != len(files[0]):
                wrong.append("%s: holds more than was kept" % kept["files"][0])
        else:
            parts = files
        check_pieces(stream, kept["pieces"], parts, entries)


def check_pieces(stream, pieces, parts, entries):
    chain, chains = sha(b""), [sha(b"")]
    for piece, part in zip(pieces, parts):
        if sha(part) != piece["digest"]:
            wrong.append("%s: differs from piece %d" % (stream, piece["number"]))
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
    check_pictures(manifest, entries)
for one in wrong:
    print("WRONG:", one)
digest = sha((HERE / "hashes.sha256").read_bytes())
print("Digest of hashes.sha256, to compare with the force\'s record:", digest)
print("NOT AS IT WAS MADE" if wrong else "Everything is as it was made.")
sys.exit(1 if wrong else 0)
"""
)
SUBJECT_VERIFIER = (
    '''#!/usr/bin/env python3
"""Check all of this bundle: python3 verify.py in its folder. Needs Python 3.8 or newer, and nothing else."""

import hashlib
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
wrong = []


'''
    + HASHES
    + '''def check_calls():
    """Each call is a bundle that proves itself."""
    for folder in sorted((HERE / "calls").glob("*")):
        print("calls/%s:" % folder.name, flush=True)
        if subprocess.run([sys.executable, "-I", str(folder / "verify.py")]).returncode:
            wrong.append("calls/%s: is not as it was made" % folder.name)


check_hashes()
if not wrong:
    check_calls()
for one in wrong:
    print("WRONG:", one)
digest = sha((HERE / "hashes.sha256").read_bytes())
print("Digest of hashes.sha256, to compare with the force\'s record:", digest)
print("NOT AS IT WAS MADE" if wrong else "Everything is as it was made.")
sys.exit(1 if wrong else 0)
'''
)
"""Of a bundle that holds several calls' bundles."""
