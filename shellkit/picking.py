"""Where an ``assume`` names nobody who is there: let the person at the terminal pick."""

from __future__ import annotations

from dataclasses import replace

from shellkit import paths, usage
from shellkit.active import active_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shellkit.choices import Choices
    from shellkit.credentials.resolve import Resolver
    from shellkit.errors import UsageError
    from shellkit.house import House
    from shellkit.request import Request
    from shellkit.rim import Rim


def picked(
    request: Request, house: House, resolver: Resolver, error: UsageError, rim: Rim
) -> Request:
    """``request`` for the profile that the person picks; ``error`` where nobody is there."""
    if request.no_input or not house.profiles:
        raise error
    from shellkit.terminal.choose import choose

    typed, style = request.target or "", house.settings.picker
    found = choose(lambda: _choices(request, house, resolver, rim), typed, style, rim)
    if found is None:
        raise error
    name, refresh = found
    return replace(request, target=name, refresh=request.refresh or refresh, picked=True)


def _choices(request: Request, house: House, resolver: Resolver, rim: Rim) -> Choices:
    from shellkit.choices import choices
    from shellkit.credentials.state import session_state
    from shellkit.prompt import DEFAULT, finder

    prompt = house.settings.prompt or DEFAULT

    def session(name: str) -> str:
        return session_state(name, resolver, house.caches, rim.clock())

    weights = {}
    if house.settings.remember_use:
        state = paths.state_dir(house.base.get, rim.home)
        weights = usage.weights(state, rim.clock())
    return choices(
        house.profiles,
        weights,
        dict(prompt.accounts),
        active_name(rim.environ),
        resolver.regions(request).of,
        session,
        finder(prompt.production),
    )
