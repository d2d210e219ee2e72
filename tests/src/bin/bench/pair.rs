//! The function and the same SDK calls made bare, in turns.

use std::path::Path;

use demarc_tests::Fault;
use demarc_tests::local::ACCOUNT;
use demarc_tests::local::runtime_api::Function;

use crate::case::{CASES, Case};
use crate::figures::{Cost, Pair, median};
use crate::ground::{Ground, invoke, usage};
use crate::measure::{ROUND, confirm, resource, round};

const ROUNDS: usize = 7;
/// Names of one length: the bodies that name them are of one length too.
const OURS: &str = "demarc-bench-ours";
const BARE: &str = "demarc-bench-bare";

/// Measures both in turns, so that whatever else the machine does meets both.
pub async fn measure(folder: &Path) -> Result<Pair, Fault> {
    let case = CASES.first().ok_or("no case")?;
    let ground = Ground::new(case).await?;
    let binary = folder.join(case.function());
    let demarc = ground.start(case, &binary, &[]).await?;
    resource(&ground, case, &demarc, "ours").await?;
    resource(&ground, case, &demarc, "bare").await?;
    round(&ground, case, &demarc, OURS).await?;
    let bare = start(&ground, case, &demarc, folder).await?;
    bare_round(&ground, case, &bare).await?;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let ours = round(&ground, case, &demarc, OURS).await?;
        let theirs = bare_round(&ground, case, &bare).await?;
        rounds.push((ours, theirs));
    }
    let (ours, theirs): (Vec<Cost>, Vec<Cost>) = rounds.into_iter().unzip();
    let mut ratios: Vec<f64> =
        ours.iter().zip(&theirs).map(|(a, b)| a.cpu.as_secs_f64() / b.cpu.as_secs_f64()).collect();
    ratios.sort_by(f64::total_cmp);
    Ok(Pair {
        demarc: Cost::median(&ours),
        bare: Cost::median(&theirs),
        ratio: ratios.get(ratios.len() / 2).copied().unwrap_or_default(),
        bare_peak_kib: usage(&bare).await?.peak_kib,
    })
}

/// Starts the bare function with the writes to the journal of a real invocation.
async fn start(
    ground: &Ground,
    case: &Case,
    demarc: &Function,
    folder: &Path,
) -> Result<Function, Fault> {
    let event = ground.event(case, OURS).await?;
    ground.cloud.proxy().clear_calls();
    invoke(demarc, event).await?;
    let calls = ground.cloud.proxy().calls();
    let bodies = |operation: &'static str| {
        let of_it = calls.iter().filter(move |call| call.operation == operation);
        of_it.map(|call| repeatable(&call.body))
    };
    let mut transactions = bodies("dynamodb:TransactWriteItems");
    let spend = bodies("dynamodb:UpdateItem").next();
    let (Some(spend), Some(claim), Some(close)) = (spend, transactions.next(), transactions.next())
    else {
        return Err("the remediation did not pay, claim and close".into());
    };
    confirm(case, demarc, 1).await?;
    let own = [
        ("BARE_ACCOUNT", ACCOUNT.to_owned()),
        ("BARE_BUCKET", BARE.to_owned()),
        ("BARE_SPEND", spend),
        ("BARE_CLAIM", claim),
        ("BARE_CLOSE", close),
    ];
    ground.start(case, &folder.join("bare"), &own).await
}

/// The same transaction about another bucket, with conditions that hold every time.
fn repeatable(body: &str) -> String {
    let seen = "fence = :seen AND chain = :previous AND leased_until < :now";
    let any =
        "attribute_not_exists(pk) OR fence <> :seen OR chain <> :previous OR leased_until < :now";
    body.replace(OURS, BARE)
        .replace("attribute_not_exists(pk)", "attribute_not_exists(px)")
        .replace(seen, any)
}

async fn bare_round(ground: &Ground, case: &Case, bare: &Function) -> Result<Cost, Fault> {
    let mut walls = Vec::new();
    ground.cloud.proxy().clear_calls();
    let before = usage(bare).await?.cpu;
    for _ in 0..ROUND {
        let event = ground.event(case, BARE).await?;
        walls.push(invoke(bare, event).await?.wall);
    }
    let cpu = usage(bare).await?.cpu.saturating_sub(before) / ROUND;
    check(ground)?;
    Ok(Cost { wall: median(walls.into_iter()), cpu })
}

/// Eleven calls each time, as the function makes.
fn check(ground: &Ground) -> Result<(), Fault> {
    let calls = ground.cloud.proxy().operations();
    if calls.len() == 11 * usize::try_from(ROUND)? {
        return Ok(());
    }
    Err(format!("the bare function made {} calls in {ROUND} invocations", calls.len()).into())
}
