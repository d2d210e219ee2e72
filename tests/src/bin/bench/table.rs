//! The results for a person, and as lines of JSON.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Value, json};

use crate::figures::{Cost, Results, mebibytes, megabytes, millis};
use crate::goals::{self, Goal};

/// The tables.
pub fn text(results: &Results) -> String {
    let mut text = String::new();
    // Writing to a `String` does not fail.
    let _ = write(&mut text, results);
    text
}

fn write(text: &mut String, results: &Results) -> std::fmt::Result {
    writeln!(text, "{}\n", machine())?;
    functions(text, results)?;
    cases(text, results)?;
    pair(text, results)?;
    calls(text, results)?;
    reached(text, &goals::all(results))
}

/// What it was measured on, and how.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let information = read("/proc/cpuinfo");
    let model = information.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("an unknown processor", |m| m.trim_start_matches([' ', '\t', ':']));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = read("/proc/loadavg");
    let load = load.split(' ').next().unwrap_or("?").to_owned();
    let coarse = match read("/proc/self/schedstat").starts_with("0 ") {
        true => {
            "\nThis kernel counts processor time in steps of 10 ms: only warm figures are of use."
        }
        false => "",
    };
    format!(
        "{cores} cores of {model}, Linux {}, load {load} at the end.\n\
         Release binaries; plain HTTP to an emulator on this machine, no TLS; medians, in ms.{coarse}",
        read("/proc/sys/kernel/osrelease").trim()
    )
}

fn functions(text: &mut String, results: &Results) -> std::fmt::Result {
    let row = |a: &str, b: &str, c: &str, d: &str, e: &str, f: &str| {
        format!("{a:<10}{b:>11}{c:>11}{d:>13}{e:>13}{f:>13}")
    };
    let head = ("function", "init wall", "init CPU", "memory MiB", "zip MB", "binary MB");
    writeln!(text, "{}", row(head.0, head.1, head.2, head.3, head.4, head.5))?;
    for (name, size) in &results.sizes {
        let (wall, cpu) = shown(results.init(name));
        let memory = format!("{:.1}", results.memory(name));
        let (zip, binary) = (megabytes(size.zip), megabytes(size.binary));
        let (zip, binary) = (format!("{zip:.2}"), format!("{binary:.2}"));
        writeln!(text, "{}", row(name, &wall, &cpu, &memory, &zip, &binary))?;
    }
    let (wall, cpu) = shown(results.empty);
    writeln!(text, "{}\n", row("empty", &wall, &cpu, "", "", ""))
}

fn cases(text: &mut String, results: &Results) -> std::fmt::Result {
    writeln!(
        text,
        "{:<44}{:>6}{:>11}{:>10}{:>11}{:>10}{:>12}",
        "event", "calls", "first wall", "first CPU", "warm wall", "warm CPU", "memory MiB"
    )?;
    for case in &results.cases {
        let (first, warm) = (shown(case.first), shown(case.warm));
        writeln!(
            text,
            "{:<44}{:>6}{:>11}{:>10}{:>11}{:>10}{:>12.1}",
            case.case,
            case.calls.len(),
            first.0,
            first.1,
            warm.0,
            warm.1,
            mebibytes(case.peak_kib)
        )?;
    }
    writeln!(text)
}

fn pair(text: &mut String, results: &Results) -> std::fmt::Result {
    let pair = &results.pair;
    let (demarc, bare) = (shown(pair.demarc), shown(pair.bare));
    writeln!(
        text,
        "A bucket's public access block put right, warm: Demarc {} CPU ({} wall); the same eleven calls\n\
         made bare {} CPU ({} wall, {:.1} MiB); difference {:.2}, ratio {:.2}\n",
        demarc.1,
        demarc.0,
        bare.1,
        bare.0,
        goals::bare_memory(results),
        millis(pair.demarc.cpu) - millis(pair.bare.cpu),
        pair.ratio
    )
}

fn calls(text: &mut String, results: &Results) -> std::fmt::Result {
    writeln!(text, "AWS calls, in the order of their answers")?;
    let mut seen = BTreeSet::new();
    for case in &results.cases {
        if seen.insert(case.function) {
            writeln!(
                text,
                "  {}: to warm the clients\n    {}",
                case.function,
                list(&case.warming)
            )?;
        }
        writeln!(text, "  {}\n    {}", case.case, list(&case.calls))?;
    }
    writeln!(text)
}

fn list(calls: &[String]) -> String {
    calls.join(", ")
}

fn reached(text: &mut String, goals: &[Goal]) -> std::fmt::Result {
    writeln!(text, "{:<44}{:>12}{:>12}  met", "figure", "measured", "at most")?;
    for goal in goals {
        let met = if goal.is_met() { "yes" } else { "NO" };
        let (measured, reach) = (goal.shown(goal.measured), goal.shown(goal.reach));
        writeln!(text, "{:<44}{measured:>12}{reach:>12}  {met}", goal.name)?;
    }
    Ok(())
}

/// Wall and processor time.
fn shown(cost: Cost) -> (String, String) {
    (format!("{:.2}", millis(cost.wall)), format!("{:.2}", millis(cost.cpu)))
}

/// One JSON object for each figure.
pub fn lines(results: &Results) -> String {
    let mut lines = vec![json!({"machine": machine()})];
    for (name, size) in &results.sizes {
        lines.push(json!({
            "function": name, "init": cost(results.init(name)), "binary": size.binary,
            "zip": size.zip, "memory_mib": results.memory(name),
        }));
    }
    lines.push(json!({"function": "empty", "init": cost(results.empty)}));
    lines.extend(results.cases.iter().map(|case| {
        json!({
            "case": case.case, "function": case.function, "first": cost(case.first),
            "warm": cost(case.warm), "memory_mib": mebibytes(case.peak_kib),
            "calls": case.calls, "warm_up_calls": case.warming,
        })
    }));
    let pair = &results.pair;
    lines.push(json!({
        "pair": {"demarc": cost(pair.demarc), "bare": cost(pair.bare), "ratio": pair.ratio},
    }));
    lines.extend(goals::all(results).iter().map(|goal| {
        json!({
            "goal": goal.name, "measured": goal.measured, "at_most": goal.reach,
            "unit": goal.unit, "met": goal.is_met(),
        })
    }));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn cost(cost: Cost) -> Value {
    json!({"wall_ms": millis(cost.wall), "cpu_ms": millis(cost.cpu)})
}
