"""``ovltui convert``: a recording in another format, or with all names and addresses replaced.

Source: a file of ``ovltui record``, of rtmon, of ``watch --json --raw``, or another pcapng of netlink messages. The
ending of the new file says its format: ``.pcapng`` or ``.pcapng.gz``, ``.jsonl``, ``.rtmon``. Privileges: the right to
read the one and to write the other. Incomplete: lines and rtmon's format hold the records alone, rtmon's those of one
namespace.
"""

import argparse
import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ovltui.capture.decode import Decoder
from ovltui.capture.inputs import FOREIGN, Start
from ovltui.capture.lines import with_raw
from ovltui.capture.redact import Redactor
from ovltui.capture.rewrite import Rewriter
from ovltui.capture.rtmon import entry
from ovltui.capture.sink import Sink
from ovltui.capture.source import Source, Told
from ovltui.cli.netns import resolve
from ovltui.cli.output import Output
from ovltui.cli.progress import progress
from ovltui.cli.versions import version_of
from ovltui.errors import ExitStatus, UsageError
from ovltui.events.record import Kind
from ovltui.kernel.wire import Table
from ovltui.session.player import Player
from ovltui.text import clean

_BATCH = 4096
"""Records that are taken in before those before them are written: their names are known by then."""
_ENDINGS = (".pcapng", ".pcapng.gz", ".jsonl", ".rtmon")


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.add_argument("file", metavar="FILE", help="a recording; - for stdin")
    parser.add_argument("new", metavar="NEW", help=f"the new file, which ends in {', '.join(_ENDINGS)}")
    parser.add_argument("--redact", action="store_true", help="replace addresses, MACs, names and labels")
    parser.add_argument("--netns", metavar="NETNS", help="which namespace, for .rtmon; as the recording calls it")
    parser.add_argument("--force", action="store_true", help="write over a file that exists")


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Convert; return the exit status."""
    ending = next((ending for ending in reversed(_ENDINGS) if arguments.new.endswith(ending)), None)
    if ending is None:
        raise UsageError(f"the ending of the new file says its format: {', '.join(_ENDINGS)}.")
    if arguments.netns and ending != ".rtmon":
        raise UsageError("--netns goes with .rtmon only.")
    if _is_same(arguments.file, arguments.new):
        raise UsageError("the new file must be another one.")
    try:
        _convert(arguments, ending, out)
    except KeyboardInterrupt:  # half of a recording would pass for a whole one
        Path(arguments.new).unlink(missing_ok=True)
        raise
    return ExitStatus.FINE


def _convert(arguments: argparse.Namespace, ending: str, out: Output) -> None:
    if ending in _PLAYED and arguments.redact:
        with tempfile.TemporaryDirectory(prefix="ovltui-") as directory:
            between = f"{directory}/redacted.pcapng"
            rewrite(arguments.file, Sink(between), Redactor(), out)
            _play(between, arguments, ending, out)
    elif ending in _PLAYED:
        _play(arguments.file, arguments, ending, out)
    else:
        sink = Sink(arguments.new, force=arguments.force, gzip=ending.endswith(".gz"))
        rewrite(arguments.file, sink, Redactor() if arguments.redact else None, out)


def _is_same(old: str, new: str) -> bool:
    return Path(old).exists() and Path(new).exists() and Path(old).samefile(new)


def rewrite(path: str, sink: Sink, redactor: Redactor | None, out: Output) -> None:
    """Write a recording as pcapng."""
    with progress(out, f"reading {clean(path)}") as told:
        _rewrite(Source(path, told), sink, redactor, out)


def _rewrite(source: Source, sink: Sink, redactor: Redactor | None, out: Output) -> None:
    try:
        decoder = Decoder(source.name)
        rewriter = None
        for item in decoder.items(source.pieces()):
            if isinstance(item, Start):
                out.say(f"{source.name}: records are missing before record {item.first}, what follows is left out.")
                break
            if rewriter is None:
                start = decoder.start or replace(FOREIGN, version=version_of("ovltui") or "0")
                rewriter = Rewriter(sink, start, redactor)
            rewriter.take(item)
            sink.flush()
        if rewriter:
            rewriter.finish()
        sink.close()
        for sentence in (*decoder.missing, *([source.torn] if source.torn else [])):
            out.say(f"{sentence}.")
    finally:
        source.close()


def _play(path: str, arguments: argparse.Namespace, ending: str, out: Output) -> None:
    with progress(out, f"reading {clean(path)}") as told:
        player = Player(path, told)
    try:
        sink = Sink(arguments.new, force=arguments.force)
        with progress(out, f"writing {clean(arguments.new)}") as told:
            _PLAYED[ending](player, sink, arguments.netns, told)
        sink.close()
        for sentence in player.missing:
            out.say(f"{sentence}.")
    finally:
        player.close()


def _to_lines(player: Player, sink: Sink, _netns: str | None, told: Told) -> None:
    seq = player.first
    session = player.seek(seq)
    while seq < player.end:
        end = min(seq + _BATCH, player.end)
        player.step(end + _BATCH - session.ring.end)
        lines = (json.dumps(with_raw(session.ring[number], session.names)) for number in range(seq, end))
        sink.write("".join(f"{line}\n" for line in lines).encode())
        sink.flush()
        seq = end
        told(seq - player.first, player.records)


def _to_rtmon(player: Player, sink: Sink, name: str | None, told: Told) -> None:
    session = player.seek(player.first)
    rows = session.snapshot().rows
    netns = rows[0].netns if len(rows) == 1 and not name else resolve(session, name or "host")
    for raw in session.tables_of(netns).messages.get(Table.LINKS, ()):
        sink.write(entry(player.start_ns, raw))
    session = player.seek(player.end)
    wanted = frozenset((netns.key,))
    for seq in range(player.first, player.end):
        record = session.ring[seq]
        if record.kind is Kind.MESSAGE and session.is_in(record, wanted):
            sink.write(entry(record.time_ns, record.raw))
        told(seq - player.first, player.records)
    sink.flush()


_PLAYED: dict[str, Callable[[Player, Sink, str | None, Told], None]] = {".jsonl": _to_lines, ".rtmon": _to_rtmon}
"""What writes the formats that need names."""
