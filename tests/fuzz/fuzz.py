#!/usr/bin/env python3
"""Search for inputs that break a codec, and keep those that teach something.

    tests/fuzz/fuzz.py [--seconds N] [TARGET ...]   fuzz, then save new inputs
    tests/fuzz/fuzz.py --add TARGET FILE ...        save these inputs

Needs clang with libFuzzer. Builds in build-fuzz. Saved inputs are named by
the SHA-256 of their bytes; at most LIMIT of them per target are kept, the
smallest that reach code no other reaches.
"""

import argparse
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "tests" / "fuzz"
CORPUS = HERE / "corpus"
BUILD = ROOT / "build-fuzz"
LIMIT = 200
MAX_LEN = 1024


def save(target, data):
    """Writes an input into the corpus of @target; tells whether it is new."""
    path = CORPUS / target / hashlib.sha256(data).hexdigest()
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return True


def build():
    if not (BUILD / "build.ninja").exists():
        subprocess.run(
            ["meson", "setup", str(BUILD), "-Db_sanitize=address,undefined",
             "-Dc_args=-fsanitize=fuzzer-no-link"],
            cwd=ROOT, check=True, env=dict(os.environ, CC="clang"))
    names = sorted(p.stem for p in HERE.glob("fuzz-*.c"))
    subprocess.run(["ninja", "-C", str(BUILD)]
                   + [f"tests/fuzz/{name}" for name in names], check=True)
    return [name.removeprefix("fuzz-") for name in names]


def options(target):
    result = [f"-max_len={MAX_LEN}", "-timeout=10", "-print_final_stats=0",
              "-verbosity=0"]
    for start in (target, target.split("-")[0]):
        words = HERE / f"{start}.dict"
        if words.exists():
            return result + [f"-dict={words}"]
    return result


def fuzz(target, seconds):
    """Returns whether the target survived."""
    program = BUILD / "tests" / "fuzz" / f"fuzz-{target}"
    saved = CORPUS / target
    saved.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        found = pathlib.Path(scratch, "found")
        small = pathlib.Path(scratch, "small")
        found.mkdir()
        small.mkdir()
        run = subprocess.run(
            [program, *options(target), f"-max_total_time={seconds}",
             f"-artifact_prefix={scratch}/crash-", found, saved])
        for crash in pathlib.Path(scratch).glob("crash-*"):
            save(target, crash.read_bytes())
            print(f"{target}: saved an input that breaks it", file=sys.stderr)
        subprocess.run([program, "-set_cover_merge=1", "-use_counters=0",
                        "-verbosity=0",
                        f"-artifact_prefix={scratch}/", small, saved, found],
                       stderr=subprocess.DEVNULL)
        room = LIMIT - len(list(saved.iterdir()))
        new = 0
        for path in sorted(small.iterdir(), key=lambda p: p.stat().st_size):
            if new < room and save(target, path.read_bytes()):
                new += 1
    print(f"{target}: {new} new inputs, "
          f"{len(list(saved.iterdir()))} in all")
    return run.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--add", metavar="TARGET")
    parser.add_argument("words", nargs="*", metavar="TARGET or FILE")
    args = parser.parse_args()
    if args.add:
        for path in args.words:
            save(args.add, pathlib.Path(path).read_bytes())
        return 0
    targets = build()
    survived = [fuzz(target, args.seconds)
                for target in args.words or targets]
    return 0 if all(survived) else 1


if __name__ == "__main__":
    sys.exit(main())
