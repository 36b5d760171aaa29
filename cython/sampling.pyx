# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
# cython: auto_pickle=False, autotestdict=False
"""Fold of ticks into the bars of a ring: the rules by which every bar of piker is made.

1. A bar is keyed by the trade time the venue gave, floored to a multiple of the period since
   1970-01-01T00:00Z, or since the phase, which a series that opens at other times has; of an
   uneven series, such as months, by the newest of its known openings that is not later. Only
   ticks of the folder's kind count (trades, for most feeds). Of the kind MID is the middle of bid
   and ask, once both are known; a bid and an ask of one time and sequence number that arrive in
   one call are one quote, and make one middle.
2. Volume is summed from left to right in the order in which ticks arrive, which is trade order. A
   size that is not finite or is negative is not known, and adds nothing.
3. Rows are uniform in time while the market is open: a period without trade is a row
   o = h = l = c = the last close, volume -0.0 (`piker.core.rows.is_filler`). Closed time has no
   rows. The market is open in a period that touches a session; without sessions it is always
   open. A trade outside of all sessions still makes the row that it belongs to.
4. Rows advance by trade time (`fold`) and by the clock (`advance`).
5. A late tick revises the closed row it belongs to: high, low and volume; its close unless the
   tick is older than that row's last trade; its open if the tick is older than its first. Empty
   rows behind it whose close was the old close follow.
6. A tick that has no row is dropped and counted: older than the first row folded here (rows of
   history are complete), or inside closed time that was passed. So is a tick from the future, which
   would run the ring ahead: beyond the caller's limit, or so far behind the live row that more than
   `MOST_OPENED` rows, and more than the ring holds, had to be opened for it. Each of them has an
   index, so none can be left out, and all that the ring holds would give way to empty rows; what is
   there is worth more than one tick. A clock that is so far ahead opens no row. A tick without a
   finite price is dropped as well, and one of a time that rows cannot have (outside of the years
   1800 to 2079, `piker.core.rows.EARLIEST_NS` and `LATEST_NS`). Times before 1970 are right: bars
   of them are replayed as ticks.

Hence the rows are those of an offline resample of the same ticks, to the digit: group by rule 1,
first and last by trade time with arrival order as tie-break, sum in arrival order.
"""

import operator

import numpy as np

from libc.math cimport NAN, isfinite
from libc.stdint cimport INT64_MAX, INT64_MIN, int8_t, int64_t, uint8_t, uint64_t

from piker._cython.shmring import Ring

from piker.core.errors import InputError
from piker.core.rows import ASK, BAR, BID, EARLIEST_NS, LATEST_NS, MID, TICK, TRADE
from piker.core.words import describe

__all__ = ['BarFolder']


cdef packed struct TickRow:
    int64_t time
    double price
    double size
    uint8_t kind
    int8_t side
    int64_t seq


cdef packed struct BarRow:
    int64_t time
    double open
    double high
    double low
    double close
    double volume


cdef enum:
    PENDING_ROWS = 4096
    # Rows that are opened at once, or as many as the ring holds: half a year of seconds, which
    # takes less than a second.
    MOST_OPENED = 1 << 24

# Kinds of ticks, as C sees them.
cdef uint8_t trade = TRADE
cdef uint8_t bid = BID
cdef uint8_t ask = ASK
cdef uint8_t mid = MID

# Time of the first trade of a row that has none.
cdef int64_t NO_TRADE = INT64_MAX

# Times of rows as C sees them, and a length of bars (73 years) that can be added to and taken from
# them twice within int64.
cdef int64_t earliest = EARLIEST_NS
cdef int64_t latest = LATEST_NS
cdef int64_t LONGEST_NS = <int64_t> 1 << 61


cdef int64_t whole(value, str name) except? -1:
    """Return an argument that has to be a whole number of int64."""
    try:
        found = operator.index(value)
    except Exception:
        # Whatever the conversion of an object to a number raises.
        raise InputError(
            f'invalid {name!r}: not a whole number, was {describe(value)}'
        ) from None
    if not INT64_MIN <= found <= INT64_MAX:
        raise InputError(f'invalid {name!r}: not within int64, was {describe(found)}')
    return found


cdef array_of(values, str name):
    """Return an argument that has to be an array of whole numbers, as one of int64."""
    try:
        array = np.asarray(values)
    except Exception:
        # Whatever an object raises when it is asked for its values.
        raise InputError(f'invalid {name!r}: not an array, was {describe(values)}') from None
    if array.dtype.kind not in 'iu' or array.dtype == np.uint64:
        raise InputError(
            f'invalid {name!r}: not whole numbers that fit int64, was an array of {array.dtype}'
        )
    if isinstance(values, np.ma.MaskedArray):
        raise InputError(f'invalid {name!r}: a masked array, leave out what is masked')
    return np.ascontiguousarray(array, np.int64) if array.ndim else array


cdef falls_of(times):
    """Return after which places a time is followed by an earlier one."""
    return np.flatnonzero(times[1:] < times[:max(times.size, 1) - 1])


cdef sessions_of(values):
    """Return sessions that are ascending and disjoint; they may touch and may be empty."""
    array = array_of(values, 'sessions')
    if array.ndim != 2 or array.shape[1] != 2:
        raise InputError(f"invalid 'sessions': not of shape (k, 2), was of {array.shape}")
    falls = falls_of(array.reshape(-1))
    if falls.size:
        at = int(falls[0])
        found = (
            f'session {at // 2} closes before it opens' if at % 2 == 0
            else f'session {at // 2 + 1} opens before the one before it closes'
        )
        raise InputError(f"invalid 'sessions': not ascending and disjoint, {found}")
    return np.clip(array, EARLIEST_NS, LATEST_NS)


cdef opens_of(values):
    """Return the times at which uneven bars open, ascending."""
    array = array_of(values, 'opens')
    if array.ndim != 1:
        raise InputError(f"invalid 'opens': not of one dimension, was of shape {array.shape}")
    falls = falls_of(array)
    if falls.size:
        raise InputError(f"invalid 'opens': not ascending at {int(falls[0]) + 1}")
    if array.size and not (EARLIEST_NS <= array[0] and array[array.size - 1] < LATEST_NS):
        raise InputError("invalid 'opens': outside of the years 1800 to 2079")
    return array


cdef ticks_of(ticks):
    """Return ticks as a contiguous array of one dimension, a single one too."""
    if not isinstance(ticks, (np.ndarray, np.void)) or isinstance(ticks, np.ma.MaskedArray):
        raise InputError(f"invalid 'ticks': not an array of {TICK}, was {describe(ticks)}")
    if ticks.dtype != TICK:
        raise InputError(f"invalid 'ticks': not rows of {TICK}, were of {ticks.dtype}")
    if ticks.ndim > 1:
        raise InputError(f"invalid 'ticks': not of one dimension, were of shape {ticks.shape}")
    return np.ascontiguousarray(ticks)


cdef class BarFolder:
    """Folds ticks into one ring of bars; its only writer while it lives.

    Rows that are in the ring when the first tick comes are history: they stay as they are.

    Parameters
    ----------
    ring : ShmArray
        Rows of `piker.core.rows.BAR`, opened for writing.
    period_ns : int
        Length of a bar, from 1 to 2**61.
    phase_ns : int, optional
        Time since which the periods are counted.
    sessions : ndarray of shape (k, 2), int64, optional
        Opening and closing time of each session, ascending and disjoint; None: always open.
        Two may touch, and one may be empty.
    opens : ndarray of shape (n,), int64, optional
        When the bars of an uneven series open, ascending; sessions are not asked then.
    kind : int, optional
        Which kind of tick is folded: TRADE, BID, ASK or MID; only trades carry volume.

    Attributes
    ----------
    folded, late, dropped, ahead, invalid : int
        Ticks folded in all; of these, those that revised a closed row; those without a row;
        those from the future; those without a finite price or a time that a row can have. Of the
        kind MID, middles are counted.

    Raises
    ------
    InputError
        When an argument is not as above.
    """

    cdef readonly object ring
    cdef readonly int64_t period_ns, phase_ns
    cdef readonly int64_t folded, late, dropped, ahead, invalid
    # The phase within a period, so that no time less it leaves int64.
    cdef int64_t phase
    cdef uint8_t kind
    # The newest prices of both sides; NaN: not known.
    cdef double bid_price, ask_price
    cdef int64_t capacity
    # Absolute index of the first row made here, and of the live row; live < base: history's.
    cdef int64_t base, live
    cdef bint is_begun, is_in_ring, is_changed
    cdef BarRow row
    # Rows that closed since the last write and are not in the ring yet, then the live row.
    cdef object pending_rows
    cdef BarRow *pending
    cdef Py_ssize_t pending_count
    # Trade times of each row's first and last tick, at index modulo capacity.
    cdef int64_t[::1] first_trade, last_trade
    cdef const int64_t[:, ::1] sessions
    cdef Py_ssize_t session, session_count
    cdef const int64_t[::1] opens
    cdef Py_ssize_t open_count

    def __init__(
        self, ring, period_ns, *, phase_ns=0, sessions=None, opens=None, kind=TRADE
    ):
        if not isinstance(ring, Ring):
            raise InputError(f"invalid 'ring': not a ring, was {describe(ring)}")
        if ring.dtype != BAR:
            raise InputError(f"invalid 'ring': not of rows of {BAR}, was of {ring.dtype}")
        ring.require_writer()
        cdef int64_t period = whole(period_ns, 'period_ns')
        if not 0 < period <= LONGEST_NS:
            raise InputError(f"invalid 'period_ns': not from 1 to {LONGEST_NS}, was {period}")
        cdef int64_t tick_kind = whole(kind, 'kind')
        if tick_kind not in (trade, bid, ask, mid):
            raise InputError(f"invalid 'kind': none of TRADE, BID, ASK and MID, was {tick_kind}")
        cdef int64_t since = whole(phase_ns, 'phase_ns')
        if sessions is not None:
            sessions = sessions_of(sessions)
        if opens is not None:
            opens = opens_of(opens)
        self.bid_price = self.ask_price = NAN
        self.ring = ring
        self.period_ns = period
        self.phase_ns = since
        self.phase = since % period
        self.kind = <uint8_t> tick_kind
        self.capacity = ring.capacity
        self.first_trade = np.empty(self.capacity, np.int64)
        self.last_trade = np.empty(self.capacity, np.int64)
        self.pending_rows = np.empty(PENDING_ROWS, BAR)
        cdef unsigned char[::1] raw = self.pending_rows.view(np.uint8)
        self.pending = <BarRow *> &raw[0]
        self.session_count = -1
        if sessions is not None:
            self.sessions = sessions
            self.session_count = self.sessions.shape[0]
        self.open_count = 0
        if opens is not None:
            self.opens = opens
            self.open_count = self.opens.shape[0]

    def fold(self, ticks, limit_ns=INT64_MAX):
        """Fold ticks in the order in which they arrived, and write the rows they touch.

        Parameters
        ----------
        ticks : ndarray of shape (n,) or (), or numpy.void, `piker.core.rows.TICK`
            Ticks, or a single one; those of another kind are passed over.
        limit_ns : int, optional
            Ticks of a later trade time are counted as `ahead` and dropped, as are those for which
            more than 2**24 rows, and more than the ring holds, had to be opened.

        Returns
        -------
        int
            How many rows were opened.

        Raises
        ------
        InputError
            When the rows are not ticks in one dimension, the limit is not of int64, or the rows in
            the ring end outside of the years 1800 to 2079.
        """
        ticks = ticks_of(ticks)
        cdef int64_t limit = whole(limit_ns, 'limit_ns')
        cdef Py_ssize_t count = ticks.shape[0]
        if count == 0:
            return 0
        cdef const unsigned char[::1] raw = ticks.view(np.uint8)
        cdef const TickRow *tick = <const TickRow *> &raw[0]
        cdef const TickRow *stop = tick + count
        cdef TickRow middle
        cdef int64_t before
        if not self.is_begun:
            self.adopt_history()
        before = self.live
        while tick < stop:
            if tick.kind == self.kind:
                self.take(tick, limit)
            elif self.kind == mid and self.quote(tick, stop):
                middle = tick[0]
                middle.price = 0.5 * self.bid_price + 0.5 * self.ask_price
                self.take(&middle, limit)
            tick += 1
        if self.is_begun:
            self.write()
            return self.live - before
        return 0

    cdef bint quote(self, const TickRow *tick, const TickRow *stop) noexcept:
        """Note a bid or an ask; whether the quote is complete with it and has both sides."""
        if tick.kind == bid:
            self.bid_price = tick.price if isfinite(tick.price) else NAN
        elif tick.kind == ask:
            self.ask_price = tick.price if isfinite(tick.price) else NAN
        else:
            return False
        cdef const TickRow *other = tick + 1
        if other < stop and other.time == tick.time and other.seq == tick.seq:
            if other.kind != tick.kind and (other.kind == bid or other.kind == ask):
                return False
        return isfinite(self.bid_price) and isfinite(self.ask_price)

    cdef take(self, const TickRow *tick, int64_t limit_ns):
        """Fold one tick of the folder's kind."""
        if not (isfinite(tick.price) and earliest <= tick.time < latest):
            self.invalid += 1
            return
        if tick.time > limit_ns:
            self.ahead += 1
            return
        cdef int64_t start = self.floor(tick.time)
        if not self.is_begun:
            self.begin(start)
        elif start > self.row.time:
            if self.is_far(start):
                self.ahead += 1
                return
            self.open_rows(start)
        if start == self.row.time and self.live >= self.base:
            self.merge(&self.row, self.live, tick)
            self.is_changed = True
            self.folded += 1
        else:
            self.revise(start, tick)

    def advance(self, now_ns):
        """Open the rows of the periods that the clock has reached, empty as yet.

        Parameters
        ----------
        now_ns : int
            The venue's time, less the grace that late ticks are given.

        Returns
        -------
        int
            How many rows were opened; 0 while no bar is known at all, so nothing to repeat, and
            where they were more than 2**24 and more than the ring holds.

        Raises
        ------
        InputError
            When the time is not of int64, or the rows in the ring end outside of the years 1800 to
            2079.
        """
        cdef int64_t now = min(whole(now_ns, 'now_ns'), latest - 1)
        if not self.is_begun:
            self.adopt_history()
        if not self.is_begun or (now > self.row.time and self.is_far(now)):
            return 0
        cdef int64_t before = self.live
        cdef int64_t start = self.next_row(self.row.time)
        while start <= now:
            self.roll(start)
            start = self.next_row(start)
        if self.live != before:
            self.write()
        return self.live - before

    cdef adopt_history(self):
        """Continue behind the rows that the ring already holds, if any."""
        self.base = self.ring.last
        self.live = self.base - 1
        if self.ring.last == self.ring.first:
            return
        last = self.ring.rows(self.live, self.base)[0]
        if not earliest - self.period_ns < last['time'] < latest:
            raise InputError(
                f"invalid 'ring': its last row is of time {last['time']}, outside of the years "
                '1800 to 2079'
            )
        self.row.time = last['time']
        self.row.close = last['close']
        self.is_begun = True
        self.is_in_ring = True
        self.is_changed = False

    cdef begin(self, int64_t start):
        """Open the first row of an empty ring."""
        self.is_begun = True
        self.is_in_ring = True
        self.is_changed = False
        self.roll(start)

    cdef int64_t floor(self, int64_t time) noexcept:
        """Return when the period that a time falls in began."""
        cdef Py_ssize_t behind = self.opens_until(time)
        if behind:
            return self.opens[behind - 1]
        return time - (time - self.phase) % self.period_ns

    cdef Py_ssize_t opens_until(self, int64_t time) noexcept:
        """Return how many of the known openings are at or before a time."""
        cdef Py_ssize_t low = 0
        cdef Py_ssize_t high = self.open_count
        cdef Py_ssize_t middle
        while low < high:
            middle = (low + high) // 2
            if self.opens[middle] <= time:
                low = middle + 1
            else:
                high = middle
        return low

    cdef int64_t next_row(self, int64_t start) noexcept:
        """Return the start of the row behind the one at `start`; INT64_MAX where none is."""
        cdef int64_t candidate = start + self.period_ns
        cdef int64_t opening
        cdef Py_ssize_t behind
        if self.open_count:
            behind = self.opens_until(start)
            return self.opens[behind] if behind < self.open_count else INT64_MAX
        if self.session_count < 0:
            return candidate
        while self.session < self.session_count and self.sessions[self.session, 1] <= candidate:
            self.session += 1
        if self.session == self.session_count:
            return INT64_MAX
        opening = self.sessions[self.session, 0]
        if opening < candidate + self.period_ns:
            return candidate
        return self.floor(opening)

    cdef bint is_far(self, int64_t start) noexcept:
        """Whether more rows than are opened at once lie between the live row and a later time."""
        cdef uint64_t most = max(<int64_t> MOST_OPENED, self.capacity)
        # Their difference may be more than int64 holds.
        cdef uint64_t length = <uint64_t> start - <uint64_t> self.row.time
        cdef uint64_t period = <uint64_t> self.period_ns
        cdef uint64_t count = 0
        cdef int64_t opening, closing
        cdef Py_ssize_t place
        # Openings of their own are as many as were given.
        if self.open_count or length // period <= most:
            return False
        if self.session_count < 0:
            return True
        # At most: the first and the last of a session may be rows of its neighbours as well.
        for place in range(self.session, self.session_count):
            opening = max(self.sessions[place, 0], self.row.time)
            closing = min(self.sessions[place, 1], start)
            if opening >= start:
                break
            if closing > opening:
                count += (<uint64_t> closing - <uint64_t> opening) // period + 2
        return count > most

    cdef open_rows(self, int64_t start):
        """Open the rows up to and with the one at `start`, those before it empty."""
        cdef int64_t between = self.next_row(self.row.time)
        while between < start:
            self.roll(between)
            between = self.next_row(between)
        self.roll(start)

    cdef roll(self, int64_t start):
        """Close the live row and open an empty one behind it."""
        cdef double close = self.row.close
        if self.is_in_ring:
            self.write()
        else:
            self.keep()
        self.live += 1
        self.row.time = start
        self.row.open = self.row.high = self.row.low = self.row.close = close
        self.row.volume = -0.0
        self.first_trade[self.live % self.capacity] = NO_TRADE
        self.is_in_ring = False
        self.is_changed = True

    cdef keep(self):
        """Move the live row behind the pending ones."""
        if self.pending_count == PENDING_ROWS:
            self.push()
        self.pending[self.pending_count] = self.row
        self.pending_count += 1

    cdef push(self):
        """Append the pending rows to the ring."""
        self.ring.push(self.pending_rows[:self.pending_count])
        self.pending_count = 0

    cdef write(self):
        """Bring the ring up to date with the live row."""
        if not self.is_in_ring:
            self.keep()
            self.push()
        elif self.is_changed:
            self.pending[0] = self.row
            self.ring.set_last(self.pending_rows[0])
        self.is_in_ring = True
        self.is_changed = False

    cdef void merge(self, BarRow *row, int64_t index, const TickRow *tick) noexcept:
        """Add a tick to its row, by rule 5 whatever the order."""
        cdef int64_t slot = index % self.capacity
        cdef double size = 0.0
        if self.kind == trade and isfinite(tick.size) and tick.size > 0.0:
            size = tick.size
        if self.first_trade[slot] == NO_TRADE:
            row.open = row.high = row.low = row.close = tick.price
            row.volume = size
            self.first_trade[slot] = self.last_trade[slot] = tick.time
            return
        if tick.price > row.high:
            row.high = tick.price
        if tick.price < row.low:
            row.low = tick.price
        row.volume += size
        if tick.time >= self.last_trade[slot]:
            row.close = tick.price
            self.last_trade[slot] = tick.time
        if tick.time < self.first_trade[slot]:
            row.open = tick.price
            self.first_trade[slot] = tick.time

    cdef revise(self, int64_t start, const TickRow *tick):
        """Add a late tick to the closed row at `start`, and correct the empty rows behind it."""
        self.write()
        cdef int64_t oldest = max(self.base, <int64_t> self.ring.first)
        times = self.ring.column('time', oldest, self.ring.last)
        cdef Py_ssize_t place = np.searchsorted(times, start)
        if place == times.shape[0] or times[place] != start:
            self.dropped += 1
            return
        cdef int64_t index = oldest + place
        cdef int64_t stop = index + 1
        while stop <= self.live and self.first_trade[stop % self.capacity] == NO_TRADE:
            stop += 1
        rows = self.ring.rows(index, stop)
        cdef unsigned char[::1] raw = rows.view(np.uint8)
        cdef BarRow *row = <BarRow *> &raw[0]
        self.merge(row, index, tick)
        cdef double close = row.close
        cdef int64_t behind
        for behind in range(1, stop - index):
            row[behind].open = row[behind].high = row[behind].low = row[behind].close = close
        cdef int64_t closed = min(stop, self.live)
        self.ring.revise(index, rows[:closed - index])
        if stop > self.live:
            self.row.open = self.row.high = self.row.low = self.row.close = close
            self.is_changed = True
        self.folded += 1
        self.late += 1
