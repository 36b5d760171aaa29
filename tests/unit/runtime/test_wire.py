"""Messages survive tractor's coder, and what is not one is a known error."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from piker.core.errors import ServiceError
from piker.core.messages import FeedOpened, FeedRefused, ShmToken, SymbolInfo
from piker.core.processes import this_process
from piker.runtime.leases import Leased, LeaseRefused
from piker.runtime.records import ActorRecord
from piker.runtime.wire import from_wire, to_wire

TOKEN = ShmToken('eurusd', 'memfd', 7, 9, 3, '', 0, 'hash', 2**63 - 1)
SYMBOL = SymbolInfo('eurusd.demo.replay', Decimal('0.00001'), Decimal('1E+3'))
OPENED = FeedOpened(SYMBOL, 'REPLAY', TOKEN, TOKEN, TOKEN, 10**9, 60 * 10**9)
ANSWERS = Leased | LeaseRefused


def carried(message: object) -> object:
    """Return a message as it comes out of msgpack, as tractor uses it."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(to_wire(message)))


@pytest.mark.parametrize('message', [OPENED, FeedRefused('SymbolError', 'no such symbol')])
def test_tagged_messages_come_out_as_what_went_in(message: object) -> None:
    assert from_wire(carried(message), FeedOpened | FeedRefused) == message


def test_decimals_keep_their_digits_and_exponent() -> None:
    out = from_wire(carried(SYMBOL), SymbolInfo)
    assert out.price_tick.as_tuple() == SYMBOL.price_tick.as_tuple()
    assert out.size_tick.as_tuple() == SYMBOL.size_tick.as_tuple()


def test_a_lease_is_granted_or_refused() -> None:
    granted = Leased(ActorRecord('brokerd.replay', this_process(), '127.0.0.1', 9))
    refused = LeaseRefused('there is no such daemon')
    assert from_wire(carried(granted), ANSWERS) == granted
    assert from_wire(carried(refused), ANSWERS) == refused


@pytest.mark.parametrize('message', [None, {}, [], 'died', {'type': 'new'}, {'type': 'leased'}])
def test_what_another_version_sends_is_a_known_error(message: object) -> None:
    with pytest.raises(ServiceError, match='every process is of the same version'):
        from_wire(message, ANSWERS)
