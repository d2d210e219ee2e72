//! `demarc connect`

use serde::Deserialize;

use crate::{
    Status,
    arguments::{Connect, Global},
    endpoint::Endpoint,
    error::Error,
    file::{File, Urls},
    function::Function,
    input,
    show::{BOLD, clean, print},
};

/// The JSON of `aws cloudformation describe-stacks`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    stacks: Vec<Stack>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Stack {
    stack_id: String,
    stack_name: String,
    #[serde(default)]
    outputs: Vec<Output>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Output {
    output_key: String,
    output_value: String,
}

/// Remembers where a stack's operators are.
pub(crate) fn run(global: &Global, connect: &Connect) -> Result<Status, Error> {
    let source = connect.from.display().to_string();
    let described = parse(&source, &input::read(&connect.from)?)?;
    let stack = choose(&described, global)?;
    let region = region(stack, global)?;
    let urls = urls(stack)?;
    let path = File::path()?;
    let mut file = File::load(&path)?;
    let names: Vec<String> = urls.keys().cloned().collect();
    file.set(&global.stack, &region, urls);
    file.save(&path)?;
    print(&clean(&format!(
        "stack `{}` in `{region}`: {} written to `{}`\n",
        global.stack,
        names.join(", "),
        path.display()
    )))?;
    print(&format!(
        "{BOLD}demarc scan --region {region}{BOLD:#} shows what enforcing would change\n"
    ))?;
    Ok(Status::Done)
}

fn parse(source: &str, text: &str) -> Result<Described, Error> {
    serde_json::from_str(text).map_err(|e| {
        Error::Message(format!(
            "`{source}` is not what `aws cloudformation describe-stacks --output json` prints: {e}"
        ))
    })
}

fn choose<'a>(described: &'a Described, global: &Global) -> Result<&'a Stack, Error> {
    let found = described.stacks.iter().find(|stack| stack.stack_name == global.stack);
    found.ok_or_else(|| {
        let names: Vec<&str> = described.stacks.iter().map(|s| s.stack_name.as_str()).collect();
        Error::Message(format!(
            "there is no stack `{}`, but `{}`: say `--stack NAME`",
            global.stack,
            names.join("`, `")
        ))
    })
}

/// The region in the stack's ARN; another one on the command line is a mistake.
fn region(stack: &Stack, global: &Global) -> Result<String, Error> {
    let region = stack.stack_id.split(':').nth(3).filter(|region| !region.is_empty());
    let region = region
        .ok_or_else(|| Error::Message(format!("the stack's id `{}` is no ARN", stack.stack_id)))?;
    match &global.region {
        Some(said) if said != region => Err(Error::Message(format!(
            "the stack is in `{region}`, not in `{said}`: describe the stack of `{said}`, or leave out `--region`"
        ))),
        _ => Ok(region.to_owned()),
    }
}

fn urls(stack: &Stack) -> Result<Urls, Error> {
    let mut urls = Urls::new();
    for function in Function::ALL {
        let output = stack.outputs.iter().find(|o| o.output_key == function.output());
        if let Some(output) = output {
            let endpoint: Endpoint = output
                .output_value
                .parse()
                .map_err(|e| Error::Message(format!("output `{}`: {e}", output.output_key)))?;
            urls.insert(function.as_str().to_owned(), endpoint.url().to_owned());
        }
    }
    match urls.is_empty() {
        true => Err(Error::Message(format!(
            "stack `{}` has none of the outputs `OperatorUrlS3`, `OperatorUrlEc2`, `OperatorUrlRds`, `OperatorUrlIam`: is it Demarc's, and is its deployment complete?",
            stack.stack_name
        ))),
        false => Ok(urls),
    }
}
