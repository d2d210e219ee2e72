//! `demarc exempt`

use std::fmt::Write;

use clap::Args;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::{Value, json};
use wildmatch::WildMatch;

use crate::{
    Status,
    answer::{Exempted, Report},
    arguments::Global,
    discovery::Session,
    error::Error,
    mode::of_control,
    operator::Operator,
    scan::reports,
    show::{BOLD, DIM, clean, columns, diff, moment, print, print_json},
};

/// Options of `exempt`.
#[derive(Args, Debug)]
pub(crate) struct Exempt {
    /// The resource: an ARN, or an id such as a bucket's name; with `*` or `?` every resource of
    /// such a name that is a violation now, and none that comes later
    pub(crate) resource: String,
    /// The control that is to leave it alone: `s3.versioning`
    pub(crate) control: String,
    /// The end: a day (its beginning, UTC) or a time, `2027-01-31` or `2027-01-31T12:00:00Z`; 366
    /// days from now at most
    #[arg(long, value_name = "TIME", value_parser = time, required_unless_present = "end")]
    pub(crate) until: Option<Timestamp>,
    /// End a present exemption
    #[arg(long, conflicts_with = "until")]
    pub(crate) end: bool,
    /// Who is accountable; you, where this is left out
    #[arg(long, value_name = "NAME", conflicts_with = "end")]
    pub(crate) owner: Option<String>,
    /// Why; it stands in the journal, and in the report of every skip
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Only say what would be exempt
    #[arg(long)]
    pub(crate) dry_run: bool,
}

pub(crate) fn time(text: &str) -> Result<Timestamp, String> {
    let day = || text.parse::<Date>().and_then(|day| day.to_zoned(TimeZone::UTC));
    text.parse::<Timestamp>()
        .or_else(|_| day().map(|day| day.timestamp()))
        .map_err(|_| "write `2027-01-31` or `2027-01-31T12:00:00Z`".to_owned())
}

/// Asks the operator of the control.
pub(crate) async fn run(
    global: &Global,
    session: &Session,
    wanted: &Exempt,
) -> Result<Status, Error> {
    let operator = session.operator(global, of_control(&wanted.control)?)?;
    if !wanted.resource.contains(['*', '?']) {
        one(global, &operator, wanted, &wanted.resource).await?;
        return Ok(Status::Done);
    }
    let mut status = Status::Done;
    for resource in violations(&operator, wanted).await? {
        if let Err(error) = one(global, &operator, wanted, &resource).await {
            status = error.passed_over()?;
        }
    }
    Ok(status)
}

/// The ids of the resources that fit the pattern and are a violation of the control now.
async fn violations(operator: &Operator<'_>, wanted: &Exempt) -> Result<Vec<String>, Error> {
    let pattern = WildMatch::new(&wanted.resource);
    let is_meant = |report: &Report| {
        report.plan.is_some() && report.control.as_deref() == Some(wanted.control.as_str())
    };
    let reports = reports(operator).await?;
    let resources = reports.into_iter().filter(is_meant).filter_map(|report| report.resource);
    let ids: Vec<String> =
        resources.map(|resource| resource.id).filter(|id| pattern.matches(id)).collect();
    if ids.is_empty() {
        return Err(Error::Message(format!(
            "no resource `{}` is a violation of `{}` now: an exemption covers what is there, not what may come",
            wanted.resource, wanted.control
        )));
    }
    Ok(ids)
}

async fn one(
    global: &Global,
    operator: &Operator<'_>,
    wanted: &Exempt,
    resource: &str,
) -> Result<(), Error> {
    let answer = operator.ask(&request(wanted, resource)).await?;
    let exempted: Exempted = operator.read(&answer)?;
    match global.json {
        true => print_json(&answer),
        false => print(&text(&exempted, wanted.dry_run, columns())),
    }
}

fn request(wanted: &Exempt, resource: &str) -> Value {
    json!({ "exempt": {
        "resource": resource,
        "control": wanted.control,
        "until": wanted.until.map(Timestamp::as_second),
        "owner": wanted.owner,
        "reason": wanted.reason,
        "dry_run": wanted.dry_run,
    }})
}

fn text(exempted: &Exempted, dry_run: bool, columns: usize) -> String {
    let Exempted { control, resource, until, delta } = exempted;
    let (control, id) = (clean(control), clean(&resource.id));
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = match until {
        Some(until) => writeln!(
            text,
            "{BOLD}{id}{BOLD:#}  {control} leaves this as it is until {}:",
            moment(*until)
        ),
        None => writeln!(text, "{BOLD}{id}{BOLD:#}  {control} is to put this right again:"),
    };
    let place = format!("{} {} in {}", resource.kind, resource.account, resource.region);
    let _ = writeln!(text, "  {DIM}{}{DIM:#}", clean(&place));
    text.push_str(&diff::render(delta, "  ", columns));
    if dry_run {
        text.push_str("dry run: nothing was written\n");
    }
    text
}
