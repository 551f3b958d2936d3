"""What one machine calls things, and what these are called where several machines are shown.

Source: ``Named``, ``Intended`` and events of Docker, as one connection brings them. Pure. A name says its machine in
front, ``node2:docker1n``; the namespace that the machine itself is in, which is called ``host`` there, has the
machine's name. Engines of two machines have URLs and ids that differ, also where these are equal there.
"""

import json
from dataclasses import dataclass, field, replace

from ovltui.capture.inputs import Intended, Named
from ovltui.identity.labels import labels
from ovltui.identity.model import EngineView, Identity, Kind
from ovltui.netns.model import Netns, NetnsKey
from ovltui.session.translate import Translation


def engine_url(host: str, url: str) -> str:
    """Return the URL of an engine of a machine."""
    return f"{host}:{url}"


def engine_label(host: str, label: str) -> str:
    """Return what an engine of a machine is called; most are called like their machine."""
    return host if label == host else f"{host}:{label}"


def identity(told: Identity, host: str, *, several: bool) -> Identity:
    """Return what a namespace of a machine is.

    Args:
        told: what it is there.
        host: what the machine is called.
        several: whether there are other machines.
    """
    engine = engine_label(host, told.engine) if told.engine else None
    if not several:
        return replace(told, engine=engine)
    if told.kind is Kind.HOST:  # of several there, "the namespace we run in" would be wrong of all but one
        return replace(told, name=host, why=f"{host}'s own", engine=engine)
    return replace(told, name=f"{host}:{told.name}", engine=engine)


def view(told: EngineView, host: str, label: str, translation: Translation) -> EngineView:
    """Return what an engine of a machine says; its containers have no pids, which mean others here."""
    return replace(
        told,
        url=engine_url(host, told.url),
        id=f"{host}|{told.id}" if told.id else "",
        mntns=None if told.mntns is None else translation.mntns(told.mntns),
        netns=translation.key(told.netns) if told.netns else None,
        containers=tuple(replace(container, pid=0) for container in told.containers),
        label=engine_label(host, label),
    )


def intended(told: Intended, host: str, translation: Translation) -> Intended:
    """Return what the engines of a machine intend."""
    intents = (
        replace(one, url=engine_url(host, one.url), asked_ns=translation.here_ns(one.asked_ns)) for one in told.intents
    )
    return Intended(tuple(intents), tuple(replace(one, url=engine_url(host, one.url)) for one in told.seats))


def docker_payload(raw: bytes, host: str) -> bytes:
    """Return the payload of an event of Docker; one that cannot be read as it is."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return raw
    if not isinstance(value, dict) or not isinstance(engine := value.get("engine"), str):
        return raw
    # Ids are hexadecimal or words with colons, and an engine that told none yet goes by its URL.
    value["engine"] = engine_url(host, engine) if "://" in engine else f"{host}|{engine}"
    return json.dumps(value).encode()


@dataclass(slots=True)
class Names:
    """All that one machine said of its namespaces and engines, as it said it and as it is shown."""

    netnses: dict[NetnsKey, Netns] = field(default_factory=dict)
    """The living ones, in the order of its sweep; this and the next two as it said it."""
    identities: dict[NetnsKey, Identity] = field(default_factory=dict)
    views: tuple[EngineView, ...] = ()
    gaps: tuple[str, ...] = ()
    """What cannot be seen or heard there, each a sentence."""
    shown: dict[NetnsKey, Netns] = field(default_factory=dict)
    """The same namespaces in the same order, by the same keys, as they are shown; so are the next ones."""
    shown_identities: dict[NetnsKey, Identity] = field(default_factory=dict)
    """By the keys that are shown, of dead ones too."""
    shown_views: tuple[EngineView, ...] = ()
    raw_keys: dict[NetnsKey, NetnsKey] = field(default_factory=dict)
    """The machine's own key, by the one that is shown."""

    def take(self, named: Named, translation: Translation, host: str, *, several: bool) -> tuple[NetnsKey, ...]:
        """Take in what is new; return the shown keys of namespaces of which nothing is known any more."""
        news = {netns.key: netns for netns in named.netnses}
        known = self.netnses | news
        fresh = {key: translation.netns(netns) for key, netns in news.items()}
        shown = self.shown | fresh
        self.netnses = {key: known[key] for key in named.living if key in known}
        self.shown = {key: shown[key] for key in self.netnses}
        self.identities.update(named.identities)
        for key, told in named.identities:
            self._call(key, told, translation, host, several=several)
        for key in self.netnses.keys() - self.identities.keys():  # whatever it lacks, nothing stays without a name
            self.identities[key] = Identity(f"net:[{self.netnses[key].inode}]", Kind.OTHER, "")
            self._call(key, self.identities[key], translation, host, several=several)
        if named.views is not None:
            self.views = tuple({one.url: one for one in named.views}.values())
            self.show_views(translation, host)
        self.gaps = named.gaps
        return tuple(self._forget(key, translation) for key in named.forgotten)

    def show_anew(self, translation: Translation, host: str, *, several: bool) -> None:
        """Call everything anew, since there are other machines now, or none."""
        for key, told in self.identities.items():
            self._call(key, told, translation, host, several=several)

    def show_views(self, translation: Translation, host: str) -> None:
        """Show the engines."""
        called = labels(self.views, tuple(self.netnses.values()))
        self.shown_views = tuple(view(one, host, called[one.url], translation) for one in self.views)

    def _call(self, key: NetnsKey, told: Identity, translation: Translation, host: str, *, several: bool) -> None:
        shown = translation.key(key)
        self.raw_keys[shown] = key
        self.shown_identities[shown] = identity(told, host, several=several)

    def _forget(self, key: NetnsKey, translation: Translation) -> NetnsKey:
        shown = translation.key(key)
        self.identities.pop(key, None)
        self.raw_keys.pop(shown, None)
        self.shown_identities.pop(shown, None)
        return shown
