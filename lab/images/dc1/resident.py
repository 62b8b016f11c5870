"""The framing of a resident process, as the agent has it (lab/agent/src/framing.rs).

A request is a head in JSON and an input. An answer is a head and the two outputs. Each of these is a
frame: a length in four bytes, then the bytes."""

import json
import os
import sys


def frame(stream):
    """The bytes of the next frame; None at the end."""
    length = stream.read(4)
    return stream.read(int.from_bytes(length, "big")) if length else None


def taken(file):
    """Takes what was written into a file since the last call."""
    said = os.pread(file, os.fstat(file).st_size, 0)
    os.lseek(file, 0, os.SEEK_SET)
    os.ftruncate(file, 0)
    return said


def serve(run):
    """Calls `run` with the command and the input of each request.

    The answer has the exit status that `run` returns, and everything that any process has written to
    the standard streams meanwhile."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    outputs = [os.memfd_create("stdout"), os.memfd_create("stderr")]
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for stream, output in enumerate(outputs, 1):
        os.dup2(output, stream)
    while head := frame(requests):
        words, given = json.loads(head)["run"]["command"], frame(requests)
        try:
            status = run(words, given)
        except Exception as error:
            status = 1
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
        sys.stdout.flush()
        sys.stderr.flush()
        for part in json.dumps({"Ok": {"status": status}}).encode(), *map(taken, outputs):
            answers.write(len(part).to_bytes(4, "big") + part)
        answers.flush()
