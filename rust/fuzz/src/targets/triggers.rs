//! Prices in ticks, and the index of triggers.

use piker_trigger::{Edge, PriceGrid, Trigger, TriggerIndex};

use crate::source::Source;

/// The whole ticks around a price.
///
/// # Panics
/// When the price does not lie between them.
pub fn prices(source: &mut Source) {
    let tick = source.float();
    let Some(grid) = PriceGrid::new(tick) else {
        assert!(!(tick > 0.0 && tick.is_finite()));
        return;
    };
    let price = match source.below(3) {
        0 => source.float(),
        1 => source.between(-1_000_000, 1_000_000) as f64 * tick,
        _ => source.price() * tick,
    };
    let ticks = price / tick;
    match grid.span(price) {
        Some(span) => {
            assert!(span.floor <= span.ceil && span.ceil - span.floor <= 1);
            let rounding = 1e-15 * ticks.abs().max(1.0);
            assert!(span.floor as f64 - rounding <= ticks);
            assert!(ticks <= span.ceil as f64 + rounding);
        }
        None => assert!(ticks.is_nan() || ticks.abs() > (1_i64 << 40) as f64),
    }
}

/// The index against a list that is walked at each price.
///
/// # Panics
/// When it fires others, or in another order.
pub fn triggers(source: &mut Source) {
    let grid = PriceGrid::new(1.0).expect("a tick");
    let mut index = TriggerIndex::default();
    let mut walked: Vec<(u64, Trigger)> = Vec::new();
    for _ in 0..source.below(60) {
        match source.below(3) {
            0 => {
                let id = source.below(30) as u64;
                let trigger = Trigger {
                    kind: source.below(6),
                    edge: source.pick(&[Edge::Above, Edge::Below]),
                    level: match source.below(8) {
                        0 => source.integer(),
                        _ => source.between(-20, 20),
                    },
                };
                let is_free = walked.iter().all(|(other, _)| *other != id);
                let is_known = (1..4).contains(&trigger.kind);
                assert_eq!(index.add(id, trigger).is_ok(), is_free && is_known);
                if is_free && is_known {
                    walked.push((id, trigger));
                }
            }
            1 => {
                let id = source.below(30) as u64;
                let place = walked.iter().position(|(other, _)| *other == id);
                let expected = place.map(|place| walked.remove(place).1);
                assert_eq!(index.get(id), expected);
                assert_eq!(index.remove(id), expected);
            }
            _ => {
                let kind = source.below(6);
                let Some(span) = grid.span(source.between(-160, 160) as f64 / 8.0) else {
                    continue;
                };
                let is_crossed = |trigger: &Trigger| {
                    trigger.kind == kind
                        && match trigger.edge {
                            Edge::Above => trigger.level <= span.floor,
                            Edge::Below => trigger.level >= span.ceil,
                        }
                };
                let (mut expected, rest): (Vec<_>, Vec<_>) = walked
                    .into_iter()
                    .partition(|(_, trigger)| is_crossed(trigger));
                walked = rest;
                // Stable: at one level, as they were added.
                expected.sort_by_key(|(_, trigger)| match trigger.edge {
                    Edge::Above => (0, i128::from(trigger.level)),
                    Edge::Below => (1, -i128::from(trigger.level)),
                });
                let mut fired = Vec::new();
                index.cross(kind, span, |id| fired.push(id));
                let expected: Vec<u64> = expected.into_iter().map(|(id, _)| id).collect();
                assert_eq!(fired, expected);
            }
        }
        assert_eq!(
            (index.len(), index.is_empty()),
            (walked.len(), walked.is_empty())
        );
    }
}
