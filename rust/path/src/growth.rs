//! Other memory for a formatter: how long it is, and what of the memory before goes where.

use std::ops::Range;

use crate::changes::Changes;
use crate::formatter::{Formatter, Layout};
use crate::room::Room;

/// One part of other memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// How many elements it has.
    pub len: usize,
    /// The elements of the part before that are in use.
    pub from: Range<usize>,
    /// Where the first of them goes.
    pub to: usize,
}

/// Memory of a formatter whose room does not hold what changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Growth {
    /// The places that there are in it.
    pub room: Room,
    /// Of the points' x.
    pub x: Part,
    /// Of the points' y, or of strokes.
    pub y: Part,
    /// Of what joins vertices.
    pub connect: Part,
}

impl Growth {
    /// What changes need, `None` where there is room. The formatter is given the other room once all
    /// parts are there.
    #[must_use]
    pub fn needed(formatter: &dyn Formatter, changes: &Changes) -> Option<Self> {
        let needed = formatter.needed(changes);
        if formatter.room().holds(needed.start, needed.end) {
            return None;
        }
        let room = Room::around(needed.start, needed.end);
        Some(Self::to(room, formatter, changes))
    }

    /// Memory of such room, which holds what changes need.
    #[must_use]
    pub fn to(room: Room, formatter: &dyn Formatter, changes: &Changes) -> Self {
        let before = formatter.room();
        let used = formatter.numbers();
        let kept = used.start.max(formatter.needed(changes).start)..used.end;
        let (places, to) = if changes.kept.is_empty() || kept.is_empty() {
            (0..0, 0)
        } else {
            let places = before.place(kept.start)..before.place(kept.end);
            (places, room.place(kept.start))
        };
        let Layout { x, y, connect, pad } = formatter.layout();
        let part = |size: usize, pad: usize| {
            let pad_used = if places.is_empty() { 0 } else { pad };
            Part {
                len: room.places() * size + pad,
                from: places.start * size..places.end * size + pad_used,
                to: to * size,
            }
        };
        Self {
            room,
            x: part(x, pad),
            y: part(y, pad),
            connect: part(connect, 0),
        }
    }

    /// How many bytes its parts take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let floats = self.x.len + self.y.len;
        floats * size_of::<f64>() + self.connect.len * size_of::<i32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::points::{Format, Outline, Points};

    #[test]
    fn what_is_in_use_and_the_end_of_an_outline_move_along() {
        let mut points = Points::new(Format::Steps(Outline {
            width: 1.0,
            baseline: 0.0,
        }));
        let begin = Changes::new(&points.rows(), 0..10, &[]).unwrap();
        let growth = Growth::needed(&points, &begin).unwrap();
        assert_eq!((growth.x.from.clone(), growth.x.to), (0..0, 0));
        assert_eq!(growth.y.len, 2 * growth.room.places() + 2);
        assert_eq!(growth.bytes(), 2 * 8 * growth.y.len);
        points.set_room(growth.room);
        points.keep(
            0..10,
            &mut crate::Memory {
                x: &mut vec![0.0; growth.x.len],
                y: &mut vec![0.0; growth.y.len],
                connect: &mut [],
            },
        );
        let few = Changes::new(&points.rows(), -5..12, &[]).unwrap();
        assert_eq!(Growth::needed(&points, &few), None);
        // Rows 4 to 9 are kept, the room before holds 66 places ahead of row 0.
        let many = Changes::new(&points.rows(), 4..500, &[]).unwrap();
        let growth = Growth::needed(&points, &many).unwrap();
        assert_eq!(growth.x.from, 2 * 70..2 * 76 + 2);
        assert_eq!(growth.x.to, 2 * growth.room.place(4));
    }
}
