"""A Docker Engine that is none: a unix socket that says what a test wants."""

import json
import queue
import re
import socket
import socketserver
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

MYNET = "okfzomfbkzgr41l0xjscn7e11"
WEB = "c8feedfb8e89" + "0" * 52
SANDBOX = "2f4fc677a4cb" + "0" * 52


def inspected(container_id: str, name: str, pid: int = 700) -> dict[str, Any]:
    return {
        "Id": container_id,
        "Name": f"/{name}",
        "State": {"Pid": pid},
        "HostConfig": {"NetworkMode": "mynet01"},
        "NetworkSettings": {"SandboxID": SANDBOX, "Networks": {"mynet01": {}}},
    }


def network(network_id: str = MYNET, name: str = "mynet01") -> dict[str, Any]:
    return {
        "Id": network_id,
        "Name": name,
        "Driver": "overlay",
        "Scope": "swarm",
        "Ingress": False,
        "IPAM": {"Config": [{"Subnet": "10.13.17.0/24"}]},
        "Options": {"com.docker.network.driver.overlay.vxlanid_list": "4097,4098"},
    }


def happened(kind: str, action: str, subject: str, time_ns: int | None = None, **attributes: str) -> dict[str, Any]:
    now = time.time_ns() if time_ns is None else time_ns
    return {"Type": kind, "Action": action, "Actor": {"ID": subject, "Attributes": attributes}, "timeNano": now}


class FakeEngine:
    """A unix socket that speaks as much of the Engine API as we use, and fails on demand."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"unix://{path}"
        self.id = "AAAA:BBBB"
        self.containers = {WEB: inspected(WEB, "web")}
        self.networks: object = [network()]
        self.silent: set[str] = set()
        """Beginnings of paths that are never answered."""
        self.raw: dict[str, bytes] = {}
        """Bodies to answer with instead, by the beginning of the path."""
        self._streams: list[queue.SimpleQueue[bytes | None]] = []
        self._remembered: list[tuple[int, bytes]] = []
        self._telling = threading.Lock()
        self.asked: list[str] = []
        self.over = threading.Event()
        self._server = self._listen()

    def _listen(self) -> socketserver.ThreadingUnixStreamServer:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_args: object) -> None:
                return

            def address_string(self) -> str:
                return "client"

            def do_GET(self) -> None:
                fake.answer(self)

        class Server(socketserver.ThreadingUnixStreamServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_args: object) -> None:
                return

        server = Server(str(self.path), Handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return server

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = re.sub(r"^/v[0-9.]+", "", request.path)
        self.asked.append(path)
        if any(path.startswith(start) for start in self.silent):
            self.over.wait(20)
            request.close_connection = True
            return
        body = next((body for start, body in self.raw.items() if path.startswith(start)), None)
        if body is None and path.startswith("/events"):
            self._stream(request)
            return
        status, value = self._look_up(path)
        body = json.dumps(value).encode() if body is None else body
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def _look_up(self, path: str) -> tuple[int, object]:
        one = re.fullmatch(r"/containers/(\w+)/json", path)
        if one:
            found = self.containers.get(one[1])
            return (200, found) if found else (404, {"message": "No such container"})
        tables: dict[str, object] = {
            "/version": {"ApiVersion": "1.41", "Version": "20.10.24"},
            "/info": {"ID": self.id, "Name": "vm"},
            "/networks": self.networks,
            "/containers": [
                {"Id": key, "Names": [value["Name"]], "NetworkSettings": {"Networks": {"mynet01": {}}}}
                for key, value in self.containers.items()
            ],
        }
        return 200, next(value for start, value in tables.items() if path.startswith(start))

    def _stream(self, request: BaseHTTPRequestHandler) -> None:
        stream = self._begun(parse_qs(urlsplit(request.path).query)["since"][0])
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        while (event := stream.get()) is not None:
            request.wfile.write(b"%x\r\n%b\r\n" % (len(event), event))
            request.wfile.flush()
        request.close_connection = True
        request.connection.shutdown(socket.SHUT_RDWR)

    def _begun(self, since: str) -> "queue.SimpleQueue[bytes | None]":
        """Return what a new stream tells: what is remembered from ``since`` on, and all that follows."""
        seconds, _, rest = since.partition(".")
        since_ns = int(seconds) * 10**9 + int(rest)
        stream: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        with self._telling:
            for _, event in filter(lambda one: one[0] >= since_ns, self._remembered):
                stream.put(event)
            if self.over.is_set():
                stream.put(None)
            self._streams.append(stream)
        return stream

    def happen(self, kind: str, action: str, subject: str, time_ns: int | None = None, **attributes: str) -> None:
        """Tell every stream of an event, also those that begin later and ask for its time."""
        event = happened(kind, action, subject, time_ns, **attributes)
        line = json.dumps(event).encode() + b"\n"
        with self._telling:
            self._remembered.append((event["timeNano"], line))
            for stream in self._streams:
                stream.put(line)

    def say(self, words: bytes) -> None:
        """Send every open stream something that is no event."""
        with self._telling:
            for stream in self._streams:
                stream.put(words)

    def hang_up(self) -> None:
        """End every open stream."""
        with self._telling:
            for stream in self._streams:
                stream.put(None)
            self._streams.clear()

    def die(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.path.unlink()
        self.over.set()
        self.hang_up()

    def live_again(self) -> None:
        self.over = threading.Event()
        self._server = self._listen()

    def close(self) -> None:
        if self.path.exists():
            self.die()
