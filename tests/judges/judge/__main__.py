"""`python -m judge`, which `tests/judges/run` calls when everything is there: has every judge judge, and prints the
table. Exit code 0: nothing was refused."""

import argparse
import shutil
import subprocess
from pathlib import Path

from . import emulated, rings, signatures
from .prism import Prism
from .verdict import Docket, table

# All that the plugins ask besides rings; most of it is compiling them.
ASKING_S = 120


def main():
    """Everything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--target", type=Path, required=True, help="where the project's programs were built")
    parser.add_argument("--scratch", type=Path, required=True, help="a folder for the database and the logs, made anew")
    parser.add_argument("--prism", required=True, help="the mock's program")
    parser.add_argument("--rings", type=int, default=1000, choices=range(1, 1001), metavar="N", help="of each channel")
    words = parser.parse_args()
    shutil.rmtree(words.scratch, ignore_errors=True)
    words.scratch.mkdir(parents=True)
    program, helper = words.target / "callpanion", words.target / "callpanion-judges"

    say("the SDKs at our emulators")
    with emulated.Emulators(helper) as world:
        eleven = emulated.Eleven(world)
        eleven.judge_all()
        dockets = [eleven.answers, signatures.of_emulator(world.received, world.settings["webhook_secret"])]
        dockets += [emulated.firebase(world), world.unexpected]
    sample = world.received[0][1] if world.received else b'{"type":"nothing","event_timestamp":1,"data":{}}'

    with Prism(words.prism, words.scratch / "prism.log") as prism:
        say("our plugins at Prism")
        dockets.append(_ask(helper, prism))
        say(f"{words.rings} rings through each channel: some minutes")
        dockets += rings.ring(program, words.scratch, prism, sample, words.rings)
    dockets += [prism.requests, prism.shapes]
    print("\n" + table(dockets))
    return 0 if all(docket.is_sound for docket in dockets) else 1


def _ask(helper, prism):
    """Has our plugins ask all that they ever ask ElevenLabs: whether they understand the mock is a verdict as well."""
    docket = Docket("our plugins", "what Prism answers from the description")

    def judged():
        command = [helper, "ask", prism.origin, rings.API_KEY]
        done = subprocess.run(command, capture_output=True, text=True, timeout=ASKING_S)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip() or f"it ended with {done.returncode}")

    docket.hear("asking", judged)
    return docket


def say(what):
    print(f"\n== {what}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
