//! `demarc doctor`: whether the stack's own parts are as they were deployed, and what puts them back.
//!
//! No function may change Demarc, so whoever runs this does so with credentials of their own.

mod access;
mod alarms;
mod finding;
mod functions;
mod rules;
mod show;
mod stack;
mod storage;

use std::io::IsTerminal;

use futures_util::{StreamExt, stream};

use crate::{
    Status,
    arguments::{Doctor, Global},
    aws::Failure,
    discovery::Session,
    error::Error,
    show::progress::Progress,
};
use finding::{Finding, Looked};
use stack::{Part, Stack};

/// How many parts are looked at side by side.
const SIDE_BY_SIDE: usize = 8;

/// Looks at every part of the stack, and with `--repair` puts back what one call puts back.
pub(crate) async fn run(
    global: &Global,
    session: &Session,
    wanted: &Doctor,
) -> Result<Status, Error> {
    let aws = session.aws()?;
    let mut progress = Progress::new();
    progress.say(&format!("reading the stack `{}`", global.stack));
    let stack = Stack::read(&aws, global).await?;
    let mut looked = look(&stack, &mut progress).await;
    if wanted.repair {
        let repairable = |finding: &&mut Finding| finding.repair.is_some();
        for finding in looked.findings.iter_mut().filter(repairable) {
            progress.say(&format!("repairing {}", finding.part));
            repair(&stack, finding, &mut looked.troubles).await;
        }
    }
    progress.clear();
    for trouble in &looked.troubles {
        trouble.print();
    }
    if global.json || !std::io::stdout().is_terminal() {
        show::lines(&looked.findings)?;
    } else {
        show::page(&looked, &stack.drift(), wanted.repair)?;
    }
    Ok(looked.status())
}

async fn look(stack: &Stack<'_>, progress: &mut Progress) -> Looked {
    let mut looked = Looked { findings: stack.own_findings(), ..Looked::default() };
    let (alarms, others): (Vec<&Part>, Vec<&Part>) =
        stack.parts().iter().partition(|part| part.kind == alarms::KIND);
    for some in alarms.chunks(alarms::AT_ONCE) {
        progress.say("looking at the alarms");
        looked.take(some.len(), alarms::check(stack, some).await);
    }
    let of_all = others.len();
    let checks = others.into_iter().map(|part| check(stack, part));
    let mut answers = stream::iter(checks).buffered(SIDE_BY_SIDE);
    let mut done = 0;
    while let Some(answer) = answers.next().await {
        done += 1;
        progress.say(&format!("looking at the stack: {done} of {of_all} parts"));
        looked.take(1, answer);
    }
    looked.findings.sort_by(|a, b| (&a.part, &a.wrong).cmp(&(&b.part, &b.wrong)));
    looked
}

/// What is wrong with one part; kinds without a check have their state in another part.
async fn check(stack: &Stack<'_>, part: &Part) -> Result<Vec<Finding>, Failure> {
    match part.kind.as_str() {
        "AWS::Events::Rule" => rules::check(stack, part).await,
        "AWS::Scheduler::Schedule" => rules::schedule(stack, part).await,
        "AWS::Lambda::Function" => functions::check(stack, part).await,
        "AWS::Lambda::Url" => functions::url(stack, part).await,
        "AWS::Lambda::EventSourceMapping" => functions::mapping(stack, part).await,
        "AWS::IAM::Role" => access::role(stack, part).await,
        "AWS::IAM::ManagedPolicy" => access::policy(stack, part).await,
        "AWS::DynamoDB::Table" => storage::table(stack, part).await,
        "AWS::SQS::Queue" => storage::queue(stack, part).await,
        "AWS::Logs::LogGroup" => storage::log_group(stack, part).await,
        alarms::KIND => alarms::check(stack, &[part]).await,
        _ => Ok(Vec::new()),
    }
}

/// Makes the call that puts it back, and looks whether it did.
async fn repair(stack: &Stack<'_>, finding: &mut Finding, troubles: &mut Vec<Error>) {
    let Some((request, part)) = finding.repair.as_ref().zip(finding.at.as_ref()) else { return };
    let answered = match stack.aws.text(request).await {
        Ok(_) => check(stack, part).await,
        Err(failure) => Err(failure),
    };
    match answered {
        Ok(still) => finding.repaired = !still.iter().any(|f| f.wrong == finding.wrong),
        Err(failure) => troubles.push(failure.into()),
    }
}
