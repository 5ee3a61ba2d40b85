"""From a chain to credentials: the caches first, then STS, hop by hop.

Several shells may ask for the same session at once: one asks STS, under a lock,
and the others find what it got. So it is with a code of an MFA device, for which one
of them asks a person.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from shellkit.credentials import awscli_cache, identities, locks, mfa, partitions, store, sts
from shellkit.credentials.explain import WANTS_MFA
from shellkit.errors import PersonNeededError
from shellkit.switch import time_left

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from shellkit.credentials.chain import Chain, Mfa
    from shellkit.credentials.session import Credentials
    from shellkit.credentials.sts import Code
    from shellkit.profiles.model import Profiles

#: Seconds that an MFA session must still be good for, to sign one request.
TO_SIGN = 60

#: Seconds. An MFA session that is older may be refused for its age (a trust policy or one
#: of the user's with ``aws:MultiFactorAuthAge``); a younger one was refused for something else.
_FRESH = 300

#: AWS's limit for a session of root, whatever it is asked for (GetSessionToken).
_ROOT_SECONDS = 3600


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

    def mfa_session(self, chain: Chain, min_left: float, now: float) -> Credentials | None:
        """The MFA session at the start of ``chain``, with that many seconds left."""
        found = store.read(self.directory, chain.session_key(0)) if chain.has_session else None
        return found if found is not None and found.seconds_left(now) >= min_left else None


@dataclass(frozen=True)
class Obtainer:
    """Gets the credentials at the end of a chain.

    ``say`` is told each step, for ``--verbose``; ``tell`` what a person has to know.
    """

    caches: Caches
    sts: sts.Sts
    codes: mfa.Codes
    clock: Callable[[], float]
    say: Callable[[str], None]
    tell: Callable[[str], None]

    def credentials(self, chain: Chain, *, refresh: bool = False) -> Credentials:
        """The credentials at the end of ``chain``; with ``refresh`` not from a cache.

        Raises :class:`shellkit.errors.AwsError` where STS or the network says no, and
        :class:`shellkit.errors.PersonNeededError` where nobody is there to give a code.
        """
        if not chain.hops:
            return self._of_keys(chain, refresh=refresh)

        def look() -> Credentials | None:
            return None if refresh else self._cached(chain)

        found = look()
        if found is not None:
            return found
        if chain.mfa is not None and not chain.has_session:
            return self._with_own_code(chain, chain.mfa, refresh=refresh)
        # Before the lock: a person may take a while, and others may want other roles.
        root = None if self._on_the_way(chain, refresh=refresh) else self._root(chain)
        key = chain.session_key(len(chain.hops))
        with locks.for_request(self.caches.directory, key, look) as found:
            return found if found is not None else self._ask(chain, root, refresh=refresh)

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

    # Hop by hop

    def _on_the_way(self, chain: Chain, *, refresh: bool) -> tuple[int, Credentials] | None:
        """The last hop before the end that a cache serves, and its credentials."""
        for hops in range(len(chain.hops) - 1, 0, -1):
            cached = None if refresh else self.caches.usable(chain, hops, self.clock())
            if cached is not None:
                return hops, cached
        return None

    def _root(self, chain: Chain) -> Credentials:
        """What the first role is assumed with: the keys, or the MFA session."""
        return self._signed_in(chain, chain.mfa) if chain.mfa else chain.keys.credentials

    def _ask(self, chain: Chain, root: Credentials | None, *, refresh: bool) -> Credentials:
        """Assume each role from the last hop that a cache serves."""
        found = self._on_the_way(chain, refresh=refresh)
        if found is not None:
            try:
                return self._assume(chain, *found)
            except sts.SessionRefusedError:
                self.say("AWS no longer takes the cached session: starting again from the keys")
        root = root or self._root(chain)
        if chain.mfa is None:
            return self._assume(chain, 0, root)
        return self._assume(chain, 1, self._first_with_session(chain, chain.mfa, root))

    def _assume(self, chain: Chain, start: int, caller: Credentials) -> Credentials:
        for index in range(start, len(chain.hops)):
            caller = self._hop(chain, index, caller)
        return caller

    def _hop(
        self, chain: Chain, index: int, caller: Credentials, code: Code | None = None
    ) -> Credentials:
        hop = chain.hops[index]
        with_code = " with an MFA code" if code is not None else ""
        self.say(f"{hop.role_arn}: AssumeRole{with_code}, signed by {caller.access_key_id}")
        name = hop.session_name or chain.default_session_name
        try:
            answer = self.sts.assume_role(caller, hop, name, code)
        except sts.NotAuthorizedError as error:
            if index == 0 and chain.mfa is None and caller.session_token is None:
                error.fix = self._with_devices(chain, error.fix)
            elif chain.mfa is not None and error.fix:
                error.fix = error.fix.replace(f" and {WANTS_MFA}", "")
            raise
        made = sts.credentials_of(answer, hop)
        self._remember(chain, index + 1, made, answer)
        return made

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

    # MFA

    def _with_own_code(self, chain: Chain, device: Mfa, *, refresh: bool) -> Credentials:
        """The code goes to the first AssumeRole itself."""

        def look() -> Credentials | None:
            return None if refresh else self._cached(chain)

        way = self._on_the_way(chain, refresh=refresh)
        if way is None:
            self.codes.require(device)
        with self._asking(chain, device, look) as found:
            if found is not None:
                return found
            way = self._on_the_way(chain, refresh=refresh)
            if way is not None:
                try:
                    return self._assume(chain, *way)
                except sts.SessionRefusedError:
                    self.say("AWS no longer takes the cached session: starting again")
            keys = chain.keys.credentials
            first = self.codes.spend(chain, device, lambda code: self._hop(chain, 0, keys, code))
            return self._assume(chain, 1, first)

    def _signed_in(
        self,
        chain: Chain,
        device: Mfa,
        *,
        refused: Credentials | None = None,
        min_left: float = TO_SIGN,
    ) -> Credentials:
        """The MFA session, begun with a code if there is none but ``refused``."""

        def look() -> Credentials | None:
            found = self.caches.mfa_session(chain, min_left, self.clock())
            return None if found == refused else found

        found = look()
        if found is not None:
            self.say(f"MFA session of {device.serial}: cached")
            return found
        self.codes.require(device)
        with self._asking(chain, device, look) as found:
            return found if found is not None else self._sign_in(chain, device)

    def _sign_in(self, chain: Chain, device: Mfa) -> Credentials:
        keys, seconds = chain.keys.credentials, device.session or 0
        if (keys.arn or "").endswith(":root"):
            seconds = min(seconds, _ROOT_SECONDS)
        partition = mfa.partition_of(chain, device.serial) or partitions.of_region(self.sts.region)

        def send(code: Code) -> Credentials:
            self.say(f"GetSessionToken with an MFA code, signed by {keys.access_key_id}")
            return sts.session_of(self.sts.session_token(keys, seconds, code, partition), keys)

        session = self.codes.spend(chain, device, send)
        try:
            store.write(
                self.caches.directory, chain.session_key(0), session, mfa_serial=device.serial
            )
        except OSError as error:
            self.tell(
                f"the MFA session cannot be kept ({error.strerror}: {error.filename}), "
                "so a code is asked for again next time"
            )
        return session

    def _first_with_session(self, chain: Chain, device: Mfa, session: Credentials) -> Credentials:
        """The first role, assumed from the MFA session, or from a new one if that was too old."""
        try:
            return self._hop(chain, 0, session)
        except (sts.SessionRefusedError, sts.NotAuthorizedError) as error:
            age = self.clock() - mfa.began(session, device)
            gone = isinstance(error, sts.SessionRefusedError) and "(AccessDenied)" not in str(error)
            if not gone and age < _FRESH:
                raise
            why = "AWS no longer takes the MFA session"
            if not gone:
                why = (
                    f"{chain.hops[0].short} refuses the MFA session, perhaps for its age "
                    f"({time_left(age)}): a new code will tell"
                )
            try:
                self.codes.require(device)
            except PersonNeededError:
                if gone:
                    raise
                error.fix = (
                    f"{error.fix}; or it wants a newer MFA code than that of {time_left(age)} ago"
                )
                raise error from None
        self.tell(why)
        return self._hop(chain, 0, self._signed_in(chain, device, refused=session))

    def _asking(
        self, chain: Chain, device: Mfa, look: Callable[[], Credentials | None]
    ) -> AbstractContextManager[Credentials | None]:
        """One shell at a time asks for a code of ``device``; the others may find what it got."""
        patience = self.codes.patience(device)

        def tell() -> None:
            self.tell(f"another shell asks for the code of {device.serial}: waiting for it")
            if patience is None:
                self.tell("  if nobody is there: Ctrl-C, and give the code here by --mfa-code")

        name = mfa.device_id(chain, device)
        return locks.for_person(self.caches.directory, name, look, tell, patience)

    def _with_devices(self, chain: Chain, fix: str | None) -> str | None:
        """``fix``, and the line to add where the role wants MFA and the user has a device."""
        self.say(f"ListMFADevices, signed by {chain.keys.credentials.access_key_id}")
        found = self.sts.mfa_devices(chain.keys.credentials)
        serials = [serial for serial in found if ":u2f/" not in serial]
        if not serials:
            return fix
        where = f"the profile {chain.hops[0].profile}" if chain.hops[0].profile else "the profile"
        line = f"if it wants MFA, add this line to {where}: mfa_serial = {serials[0]}"
        return f"{fix}; {line}" if fix else line

    # Keys without a role

    def _of_keys(self, chain: Chain, *, refresh: bool) -> Credentials:
        known = self._known(chain, refresh=refresh)
        if chain.mfa is None or chain.mfa.session is None:
            return known
        device = chain.mfa
        chain = replace(chain, keys=replace(chain.keys, credentials=known))
        old = self.caches.mfa_session(chain, 0, self.clock()) if refresh else None
        session = self._signed_in(chain, device, refused=old, min_left=self.caches.min_left)
        if session.arn == known.arn:
            return session
        # Begun for a role, when nobody had asked whose the keys are.
        named = identities.identified(session, known.account_id, known.arn)
        key = chain.session_key(0)
        self._keep(lambda: store.write(self.caches.directory, key, named, device.serial))
        return named

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
