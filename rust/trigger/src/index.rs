//! Triggers by level, so that a tick touches those that it crosses and no others.

use std::collections::{BTreeMap, HashMap};

use crate::price::Span;

/// At which side of its level a trigger fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// At the level and above it.
    Above,
    /// At the level and below it.
    Below,
}

/// Where a trigger rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// Which prices it watches: a number below `KINDS`, for trades, bids and asks.
    pub kind: usize,
    /// At which side it fires.
    pub edge: Edge,
    /// In ticks.
    pub level: i64,
}

/// How many kinds of prices there are: 1 trade, 2 bid, 3 ask; 0 is not used.
pub const KINDS: usize = 4;

/// Why a trigger cannot be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddError {
    /// A trigger with this id rests already.
    Taken,
    /// There is no such kind of price.
    UnknownKind,
}

/// One direction of one kind of price. Levels are kept so that the first is the next to fire.
#[derive(Clone, Debug)]
struct Side {
    /// Keys ascend towards later firing: the level for `Above`, its negative for `Below`.
    levels: BTreeMap<i64, BTreeMap<u64, u64>>,
    /// The first key, `i64::MAX` where there is none: what nearly every tick is compared with.
    next: i64,
}

impl Side {
    fn new() -> Self {
        Self {
            levels: BTreeMap::new(),
            next: i64::MAX,
        }
    }

    fn refresh(&mut self) {
        self.next = self.levels.keys().next().copied().unwrap_or(i64::MAX);
    }
}

/// The resting triggers of one symbol.
///
/// Each fires once: a tick that crosses it takes it out. Those that one tick crosses fire in the order
/// in which the price met them on its way, and at one level in the order in which they were added.
#[derive(Clone, Debug)]
pub struct TriggerIndex {
    sides: [[Side; 2]; KINDS],
    /// Each id with its trigger and the turn in which it was added.
    resting: HashMap<u64, (Trigger, u64)>,
    turn: u64,
}

impl Default for TriggerIndex {
    fn default() -> Self {
        Self {
            sides: std::array::from_fn(|_| [Side::new(), Side::new()]),
            resting: HashMap::new(),
            turn: 0,
        }
    }
}

/// The place of a level in its side.
fn key(trigger: Trigger) -> i64 {
    match trigger.edge {
        Edge::Above => trigger.level,
        // Only i64::MIN saturates, which no price reaches.
        Edge::Below => trigger.level.saturating_neg(),
    }
}

impl TriggerIndex {
    /// How many triggers rest.
    #[must_use]
    pub fn len(&self) -> usize {
        self.resting.len()
    }

    /// Whether none rests.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.resting.is_empty()
    }

    /// Where a trigger rests, `None` where it does not.
    #[must_use]
    pub fn get(&self, id: u64) -> Option<Trigger> {
        self.resting.get(&id).map(|&(trigger, _)| trigger)
    }

    /// Add a trigger; it fires at the next tick of its kind that reaches its level.
    ///
    /// # Errors
    /// When its id is taken, or its kind unknown.
    pub fn add(&mut self, id: u64, trigger: Trigger) -> Result<(), AddError> {
        if trigger.kind == 0 || trigger.kind >= KINDS {
            return Err(AddError::UnknownKind);
        }
        if self.resting.contains_key(&id) {
            return Err(AddError::Taken);
        }
        self.resting.insert(id, (trigger, self.turn));
        let side = &mut self.sides[trigger.kind][trigger.edge as usize];
        side.levels
            .entry(key(trigger))
            .or_default()
            .insert(self.turn, id);
        side.next = side.next.min(key(trigger));
        self.turn += 1;
        Ok(())
    }

    /// Take a trigger out before it fires; where it rested, `None` where it did not.
    pub fn remove(&mut self, id: u64) -> Option<Trigger> {
        let (trigger, turn) = self.resting.remove(&id)?;
        let side = &mut self.sides[trigger.kind][trigger.edge as usize];
        if let Some(level) = side.levels.get_mut(&key(trigger)) {
            level.remove(&turn);
            if level.is_empty() {
                side.levels.remove(&key(trigger));
            }
        }
        side.refresh();
        Some(trigger)
    }

    /// Take out what a price of a kind fires, in order; `fire` is told each id.
    ///
    /// A price between two ticks reaches the level below it from below, and the one above it from
    /// above: it has not crossed the other.
    pub fn cross(&mut self, kind: usize, price: Span, mut fire: impl FnMut(u64)) {
        let Some(sides) = self.sides.get_mut(kind) else {
            return;
        };
        for (side, reached) in sides.iter_mut().zip([price.floor, -price.ceil]) {
            if side.next > reached {
                continue;
            }
            while let Some(level) = side.levels.first_entry() {
                if *level.key() > reached {
                    break;
                }
                for &id in level.remove().values() {
                    self.resting.remove(&id);
                    fire(id);
                }
            }
            side.refresh();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(kind: usize, edge: Edge, level: i64) -> Trigger {
        Trigger { kind, edge, level }
    }

    fn cross(index: &mut TriggerIndex, kind: usize, floor: i64, ceil: i64) -> Vec<u64> {
        let mut fired = Vec::new();
        index.cross(kind, Span { floor, ceil }, |id| fired.push(id));
        fired
    }

    #[test]
    fn a_tick_fires_what_it_crosses_in_the_order_of_its_way() {
        let mut index = TriggerIndex::default();
        for (id, level) in [(1, 105), (2, 103), (3, 110), (4, 103)] {
            index.add(id, at(1, Edge::Above, level)).unwrap();
        }
        for (id, level) in [(5, 95), (6, 97), (7, 90)] {
            index.add(id, at(1, Edge::Below, level)).unwrap();
        }
        assert!(cross(&mut index, 1, 100, 100).is_empty());
        assert_eq!(cross(&mut index, 1, 106, 106), [2, 4, 1]);
        assert!(cross(&mut index, 1, 106, 106).is_empty());
        assert_eq!(cross(&mut index, 1, 91, 91), [6, 5]);
        assert_eq!(index.len(), 2);
    }

    #[test]
    fn a_level_is_reached_when_it_is_met_and_not_between_ticks() {
        let mut index = TriggerIndex::default();
        index.add(1, at(2, Edge::Above, 10)).unwrap();
        index.add(2, at(2, Edge::Below, 9)).unwrap();
        assert!(cross(&mut index, 2, 9, 10).is_empty());
        assert_eq!(cross(&mut index, 2, 10, 11), [1]);
        assert_eq!(cross(&mut index, 2, 9, 9), [2]);
    }

    #[test]
    fn kinds_of_prices_do_not_fire_each_other() {
        let mut index = TriggerIndex::default();
        for kind in 1..KINDS {
            index.add(kind as u64, at(kind, Edge::Above, 0)).unwrap();
        }
        assert!(cross(&mut index, 0, 9, 9).is_empty());
        assert!(cross(&mut index, 7, 9, 9).is_empty());
        assert_eq!(cross(&mut index, 2, 9, 9), [2]);
        assert_eq!(index.len(), 2);
        assert_eq!(
            index.add(9, at(0, Edge::Above, 0)),
            Err(AddError::UnknownKind)
        );
        assert_eq!(
            index.add(9, at(KINDS, Edge::Above, 0)),
            Err(AddError::UnknownKind)
        );
    }

    #[test]
    fn a_removed_trigger_never_fires_and_leaves_its_neighbours() {
        let mut index = TriggerIndex::default();
        for id in 0..3 {
            index.add(id, at(3, Edge::Below, 5)).unwrap();
        }
        assert_eq!(index.add(1, at(3, Edge::Below, 6)), Err(AddError::Taken));
        assert_eq!(index.remove(1), Some(at(3, Edge::Below, 5)));
        assert_eq!(index.remove(1), None);
        assert_eq!(index.get(0), Some(at(3, Edge::Below, 5)));
        assert_eq!(cross(&mut index, 3, 4, 4), [0, 2]);
        assert!(index.is_empty());
        index.add(1, at(3, Edge::Below, i64::MIN)).unwrap();
        index.remove(1);
        assert!(cross(&mut index, 3, -(1 << 30), -(1 << 30)).is_empty());
    }
}
