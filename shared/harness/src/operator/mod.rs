//! What people ask for, through the operator's Function URL only: IAM says who they are.

mod approve;
mod configuration;
mod exempt;
mod look;
mod mode;
mod plans;
mod scan;
mod undo;

use aws_lambda_events::lambda_function_urls::LambdaFunctionUrlRequest;
use aws_smithy_types::base64;
use demarc_remediation::classification::{Rejection, RejectionCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Error, Pipeline};

/// What a person may ask for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Ask {
    Undo(undo::Undo),
    Mode(mode::SetMode),
    Modes {},
    Configuration {},
    Configure(configuration::Configure),
    Stop(mode::Because),
    Resume(mode::Because),
    Scan(scan::Scan),
    Approve(approve::Approve),
    Waiting {},
    Plans(plans::Plans),
    Exempt(exempt::Exempt),
}

/// Who asks: the ARN that IAM names.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    arn: String,
}

/// Answers a call of the Function URL.
pub(crate) async fn answer(pipeline: &Pipeline, event: &[u8]) -> Value {
    let _ = pipeline.take_calls();
    match reply(pipeline, event).await {
        Ok(mut body) => {
            if let Some(members) = body.as_object_mut() {
                members.insert("calls".to_owned(), json!(pipeline.take_calls()));
            }
            response(200, &body)
        }
        Err(error) => {
            let status = match &error {
                Error::Refused(_) | Error::NoSuchPlan(_) => 409,
                Error::Rejected(_) => 400,
                Error::UnknownCaller(_) => 403,
                _ => 502,
            };
            response(status, &json!({ "error": error.kind(), "message": error.to_string() }))
        }
    }
}

async fn reply(pipeline: &Pipeline, event: &[u8]) -> Result<Value, Error> {
    let request: LambdaFunctionUrlRequest = serde_json::from_slice(event).map_err(|error| {
        Error::UnknownCaller(format!("call the operator through its Function URL: {error}"))
    })?;
    let caller = caller(&request)?;
    let ask = ask(&request)?;
    // Those that write are boxed, as futures lie in each other: together they would not fit a small
    // stack.
    match ask {
        Ask::Undo(undo) => Box::pin(undo::undo(pipeline, &undo, &caller)).await,
        Ask::Mode(change) => mode::set(pipeline, &change, &caller).await,
        Ask::Modes {} => mode::list(pipeline).await,
        Ask::Configuration {} => configuration::show(pipeline).await,
        Ask::Configure(wanted) => configuration::apply(pipeline, &wanted, &caller).await,
        Ask::Stop(because) => mode::stop(pipeline, true, &because, &caller).await,
        Ask::Resume(because) => mode::stop(pipeline, false, &because, &caller).await,
        Ask::Scan(scan) => Box::pin(scan::scan(pipeline, &scan)).await,
        Ask::Exempt(wanted) => Box::pin(exempt::exempt(pipeline, &wanted, &caller)).await,
        Ask::Approve(wanted) => Box::pin(approve::approve(pipeline, &wanted, &caller)).await,
        Ask::Plans(wanted) => plans::list(pipeline, &wanted).await,
        Ask::Waiting {} => approve::list(pipeline).await,
    }
}

/// Only what the Function URL's own authorizer says counts; a plain invocation has none.
fn caller(request: &LambdaFunctionUrlRequest) -> Result<Caller, Error> {
    let iam = request.request_context.authorizer.as_ref().and_then(|a| a.iam.as_ref());
    let arn = iam.and_then(|iam| iam.user_arn.clone()).filter(|arn| !arn.is_empty());
    arn.map(|arn| Caller { arn }).ok_or_else(|| {
        Error::UnknownCaller(
            "the caller is not known to IAM: sign the request for the Function URL with SigV4"
                .to_owned(),
        )
    })
}

fn ask(request: &LambdaFunctionUrlRequest) -> Result<Ask, Error> {
    let body = request.body.as_deref().unwrap_or_default();
    let not_understood = |why: String| {
        Error::Rejected(Rejection {
            code: RejectionCode::UnknownRequest,
            pointer: String::new(),
            message: format!("the request is not understood: {why}"),
        })
    };
    if request.is_base64_encoded {
        let bytes = base64::decode(body).map_err(|e| not_understood(e.to_string()))?;
        return serde_json::from_slice(&bytes).map_err(|e| not_understood(e.to_string()));
    }
    serde_json::from_str(body).map_err(|e| not_understood(e.to_string()))
}

fn response(status: u16, body: &Value) -> Value {
    json!({
        "statusCode": status,
        "headers": { "content-type": "application/json" },
        "body": body.to_string(),
    })
}
