"""From a chain to credentials: the caches first, then STS, hop by hop.

Several shells may ask for the same session at once: one asks STS, under a lock,
and the others find what it got.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass

from shellkit import files
from shellkit.credentials import awscli_cache, identities, store, sts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shellkit.credentials.chain import Chain
    from shellkit.credentials.session import Credentials
    from shellkit.profiles.model import Profiles

#: Seconds to wait for another shell's request before making our own.
_LOCK_TIMEOUT = 60


@dataclass(frozen=True)
class Caches:
    """The caches of one user. ``min_left``: seconds a session must still be good for.

    ``profiles`` are those that the chain was made from.
    """

    directory: str
    home: str
    min_left: int
    profiles: Profiles

    def usable(self, chain: Chain, hops: int, now: float) -> Credentials | None:
        """A session after ``hops`` hops with enough time left, from our cache or the AWS CLI's."""
        key = chain.session_key(hops)
        own = store.read(self.directory, key)
        if own is not None and own.seconds_left(now) >= self.min_left:
            return own
        foreign = awscli_cache.read(self.home, chain.hops[hops - 1], key, self.profiles)
        if foreign is not None and foreign.seconds_left(now) >= self.min_left:
            return foreign
        return None


@dataclass(frozen=True)
class Obtainer:
    """Gets the credentials at the end of a chain. ``say`` is told each step, for ``--verbose``."""

    caches: Caches
    sts: sts.Sts
    clock: Callable[[], float]
    say: Callable[[str], None]

    def credentials(self, chain: Chain, *, refresh: bool = False) -> Credentials:
        """The credentials at the end of ``chain``; with ``refresh`` not from a cache.

        Raises :class:`shellkit.errors.AwsError` where STS or the network says no.
        """
        if not chain.hops:
            return self._known(chain, refresh=refresh)
        found = None if refresh else self._cached(chain)
        if found is not None:
            return found
        with self._lock(chain):
            found = None if refresh else self._cached(chain)
            return found if found is not None else self._ask(chain, refresh=refresh)

    def _cached(self, chain: Chain) -> Credentials | None:
        found = self.caches.usable(chain, len(chain.hops), self.clock())
        if found is not None:
            self.say(f"{chain.hops[-1].role_arn}: cached session")
            self._adopt(chain.session_key(len(chain.hops)), found)
        return found

    def _adopt(self, key: str, found: Credentials) -> None:
        """Keep a session of the AWS CLI's as our own too, so that the memo can name it."""
        if store.read(self.caches.directory, key) != found:
            self._keep(lambda: store.write(self.caches.directory, key, found))

    def _ask(self, chain: Chain, *, refresh: bool) -> Credentials:
        """Assume each role from the last hop that a cache serves."""
        start, caller = 0, chain.keys.credentials
        for hops in range(len(chain.hops) - 1, 0, -1):
            cached = None if refresh else self.caches.usable(chain, hops, self.clock())
            if cached is not None:
                start, caller = hops, cached
                break
        try:
            return self._assume(chain, start, caller)
        except sts.SessionRefusedError:
            if start == 0:
                raise
            self.say("AWS no longer takes the cached session: starting again from the keys")
            return self._assume(chain, 0, chain.keys.credentials)

    def _assume(self, chain: Chain, start: int, caller: Credentials) -> Credentials:
        for index in range(start, len(chain.hops)):
            hop = chain.hops[index]
            self.say(f"{hop.role_arn}: AssumeRole, signed by {caller.access_key_id}")
            name = hop.session_name or chain.default_session_name
            answer = self.sts.assume_role(caller, hop, name)
            caller = sts.credentials_of(answer, hop)
            self._remember(chain, index + 1, caller, answer)
        return caller

    def _remember(
        self, chain: Chain, hops: int, credentials: Credentials, answer: dict[str, object]
    ) -> None:
        key, hop, caches = chain.session_key(hops), chain.hops[hops - 1], self.caches
        self._keep(lambda: store.write(caches.directory, key, credentials))
        self._keep(lambda: awscli_cache.write(caches.home, hop, key, caches.profiles, answer))
        store.prune(caches.directory, self.clock())

    def _keep(self, write: Callable[[], None]) -> None:
        """A cache that cannot be written is only slower, and said to be so with ``--verbose``."""
        try:
            write()
        except OSError as error:
            self.say(f"cannot be cached: {error.strerror}: {error.filename}")

    def _known(self, chain: Chain, *, refresh: bool) -> Credentials:
        """Static keys with the account and ARN they belong to, which STS is asked for once.

        Without a network they are still good keys, only of an account we do not know.
        """
        keys, endpoint, cache = chain.keys.credentials, chain.endpoint, self.caches.directory
        kept = None if refresh else identities.read(cache, keys, endpoint)
        if kept is not None:
            return kept
        self.say(f"{keys.access_key_id}: GetCallerIdentity")
        try:
            answer = self.sts.caller_identity(keys)
        except sts.NetworkError as error:
            self.say(f"the account is not known: {error.message}")
            return keys
        known = identities.identified(keys, answer["Account"], answer["Arn"])
        self._keep(lambda: identities.write(cache, known, endpoint))
        return known

    @contextmanager
    def _lock(self, chain: Chain) -> Iterator[None]:
        """Hold the chain's lock; where it cannot be had, go on without."""
        from filelock import FileLock, Timeout

        folder = os.path.join(self.caches.directory, "locks")
        lock = FileLock(os.path.join(folder, chain.session_key(len(chain.hops))), mode=0o600)
        try:
            files.make_own_directory(folder)
            lock.acquire(timeout=_LOCK_TIMEOUT)
            os.utime(lock.lock_file)  # In use, so not to be pruned: locking leaves no mark.
        except (OSError, NotImplementedError, Timeout):  # Not every file system can lock.
            yield
            return
        try:
            yield
        finally:
            lock.release()
