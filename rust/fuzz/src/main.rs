//! Runs targets on inputs from seeds counted up, and tells the seed of one that fails.
//!
//! Usage: `fuzz [--inputs N] [--seconds S] [--seed FIRST] [--target NAME] [--note FILE]`. It ends when
//! either the inputs of each target or the seconds of all are used up. A sanitizer ends the process
//! before anything can be said: the note is the input under way. The target `outside` has to fail.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::panic;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use piker_fuzz::targets::{Target, outside};
use piker_fuzz::{Source, TARGETS};

/// Inputs of a target before the next one has its turn.
const TURN: u64 = 256;

struct Options {
    inputs: u64,
    seconds: u64,
    seed: u64,
    target: Option<String>,
    note: Option<File>,
}

fn options(mut words: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut found = Options {
        inputs: u64::MAX,
        seconds: u64::MAX,
        seed: 0,
        target: None,
        note: None,
    };
    while let Some(name) = words.next() {
        let value = words.next().ok_or(format!("{name} needs a value"))?;
        let number = || {
            value
                .parse()
                .map_err(|_| format!("{name} is a whole number, was {value:?}"))
        };
        match name.as_str() {
            "--inputs" => found.inputs = number()?,
            "--seconds" => found.seconds = number()?,
            "--seed" => found.seed = number()?,
            "--target" => found.target = Some(value),
            "--note" => {
                let file = File::create(&value).map_err(|error| format!("{value}: {error}"))?;
                found.note = Some(file);
            }
            _ => return Err(format!("there is no option {name}")),
        }
    }
    if found.inputs == u64::MAX && found.seconds == u64::MAX {
        return Err("give --inputs or --seconds".into());
    }
    Ok(found)
}

/// Runs one input; whether it went well.
fn is_well(name: &str, target: Target, seed: u64, note: Option<&File>) -> bool {
    let text = format!("--target {name} --seed {seed} --inputs 1");
    if let Some(note) = note {
        // Padded, so that nothing is left of a longer one.
        let _ = note.write_all_at(format!("{text:<70}\n").as_bytes(), 0);
    }
    let is_well = panic::catch_unwind(|| target(&mut Source::new(seed))).is_ok();
    if !is_well {
        let _ = writeln!(std::io::stderr(), "failed: run again with {text}");
    }
    is_well
}

/// The targets of a name, all of them without one.
fn chosen(wanted: Option<&str>) -> Result<Vec<(&'static str, Target)>, String> {
    let targets: Vec<_> = match wanted {
        None => TARGETS.to_vec(),
        Some("outside") => vec![("outside", outside as Target)],
        Some(wanted) => TARGETS
            .iter()
            .copied()
            .filter(|(name, _)| *name == wanted)
            .collect(),
    };
    if targets.is_empty() {
        let names: Vec<_> = TARGETS.iter().map(|(name, _)| *name).collect();
        return Err(format!("choose a target from {}", names.join(", ")));
    }
    Ok(targets)
}

/// Runs the chosen targets in turns; how many inputs there were.
fn run(options: &Options) -> Result<u64, String> {
    let chosen = chosen(options.target.as_deref())?;
    let end = Instant::now().checked_add(Duration::from_secs(options.seconds));
    let is_over = || end.is_some_and(|end| Instant::now() >= end);
    let mut done = 0;
    while done < options.inputs && !is_over() {
        let turn = TURN.min(options.inputs - done);
        for (name, target) in &chosen {
            for place in done..done + turn {
                let seed = options.seed.wrapping_add(place);
                if !is_well(name, *target, seed, options.note.as_ref()) {
                    return Err("a kernel is not as its twin".into());
                }
            }
        }
        done += turn;
    }
    Ok(done * chosen.len() as u64)
}

fn main() -> ExitCode {
    match options(std::env::args().skip(1)).and_then(|options| run(&options)) {
        Ok(count) => {
            let _ = writeln!(std::io::stdout(), "{count} inputs, all as their twins");
            ExitCode::SUCCESS
        }
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "{message}");
            ExitCode::FAILURE
        }
    }
}
