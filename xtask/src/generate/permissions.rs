//! `docs/permissions.md`: who may do what, and what for.

use super::{
    catalogue::functions,
    grants::{Grant, Purpose, grants},
    own::{OWN, Own, hands_over},
};

const INTRODUCTION: &str = "<!-- written by `cargo xtask generate` -->

# Permissions

Each function has two roles. The *remediator* is fed by its queues only; it reads and closes. The \
*operator* is called by people through its Function URL; it may also reopen, for an undo. Where \
one IAM action both opens and closes, the remediator's role could do either; its code only \
closes, and the table names both operations.

Nothing else is allowed. The policy `Guard`, on every one of these roles, denies every change of \
Demarc's own roles, functions, queues, rules, schedules, tables and logs.
";

/// The whole document.
pub fn document() -> String {
    let functions: Vec<String> = functions().iter().map(|function| section(function)).collect();
    format!("{INTRODUCTION}\n{}\n{}", functions.join("\n"), own())
}

fn section(function: &str) -> String {
    let grants = grants(function);
    let parts: Vec<String> = Purpose::ALL
        .into_iter()
        .filter_map(|purpose| {
            let rows: Vec<String> =
                grants.iter().filter(|grant| grant.purpose == purpose).map(row).collect();
            (!rows.is_empty()).then(|| part(purpose, &rows))
        })
        .collect();
    format!("## {function}\n\n{}", parts.join("\n"))
}

fn part(purpose: Purpose, rows: &[String]) -> String {
    let heading = match purpose {
        Purpose::Read => "reads (remediator and operator)",
        Purpose::Close => "closes (remediator and operator)",
        Purpose::Reopen => "reopens (operator only)",
    };
    format!(
        "### {heading}\n\n| action | resource | condition | for |\n|---|---|---|---|\n{}\n",
        rows.join("\n")
    )
}

fn row(grant: &Grant) -> String {
    let permission = grant.permission;
    let uses: Vec<String> = grant
        .uses
        .iter()
        .map(|(operation, controls)| {
            let controls: Vec<&str> = controls.iter().copied().collect();
            format!("`{operation}` ({})", controls.join(", "))
        })
        .collect();
    format!(
        "| `{}` | `{}` | {} | {} |",
        permission.action,
        permission.resource,
        condition(permission.condition),
        uses.join("; ")
    )
}

fn condition(condition: Option<(&str, &str, &str)>) -> String {
    condition.map_or_else(
        || "none".to_owned(),
        |(operator, key, value)| format!("`{operator}` `{key}` `{}`", plain(value)),
    )
}

/// A YAML expression without its marks.
fn plain(expression: &str) -> String {
    let text = ["!GetAtt ", "!Sub ", "!Ref "]
        .iter()
        .find_map(|mark| expression.strip_prefix(mark))
        .unwrap_or(expression);
    text.trim_matches('"').replace("@Fn@", "").replace("@fn@", "*function*")
}

fn own() -> String {
    let handing_over: Vec<&str> = functions().into_iter().filter(|f| hands_over(f)).collect();
    let rows: Vec<String> = OWN.iter().map(|own| own_row(own, &handing_over)).collect();
    format!(
        "## Demarc's own parts\n\nEvery function, with its own queues and log groups.\n\n\
         | who | | actions | resource | condition | for |\n|---|---|---|---|---|---|\n{}\n",
        rows.join("\n")
    )
}

fn own_row(own: &Own, handing_over: &[&str]) -> String {
    let code = |values: Vec<String>| {
        values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ")
    };
    let only = if own.handing_over {
        format!(" ({} only)", handing_over.join(", "))
    } else {
        String::new()
    };
    format!(
        "| {}{only} | {} | {} | {} | {} | {} |",
        own.who.as_str(),
        if own.denies { "denied" } else { "allowed" },
        code(own.actions.iter().map(|action| (*action).to_owned()).collect()),
        code(own.resources.iter().map(|resource| plain(resource)).collect()),
        condition(own.condition),
        own.why,
    )
}
